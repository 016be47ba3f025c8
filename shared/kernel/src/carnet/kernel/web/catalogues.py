"""Collect the texts of a package's pages and refusals into its catalogues.

`python -m carnet.kernel.web.catalogues FOLDER`: FOLDER holds `templates/` and gets `translations/messages.pot`
and one `.po` a language; translations already made are kept. Sentences of `Rejected("…")`, `Unknown("…")`,
`Sentence("…")`, `BadRequest("field", "…")`, `HTTPException(404, "…")` and `told("…")` in the package around it are
collected too.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from carnet.kernel.web.language import LANGUAGES

METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
SECOND = (2,)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "Rejected", "Sentence", "Unknown", "told")),
    "ngettext": (1, 2),
    "BadRequest": SECOND,
    "HTTPException": SECOND,
}


def collect(folder: Path) -> Catalog:
    """Give every text of the package that `folder` belongs to, with where it stands."""
    catalog = Catalog(project="Carnet", charset="utf-8")
    package = folder.parent
    for name, _, message, comments, context in sorted(extract_from_dir(package, METHODS, keywords=KEYWORDS), key=place):
        catalog.add(message, locations=[(Path(name).as_posix(), 0)], auto_comments=comments, context=context)
    return catalog


def place(found: Iterable[object]) -> tuple[str, str]:
    name, _, message, *_ = found
    return str(name), str(message)


def update(folder: Path) -> None:
    """Write the catalogues anew; a text that is gone leaves, a new one stands untranslated."""
    translations = folder / "translations"
    translations.mkdir(exist_ok=True)
    collected = collect(folder)
    write(translations / "messages.pot", collected)
    for language in LANGUAGES:
        file = translations / f"{language}.po"
        kept = read(file, language)
        kept.update(collected, no_fuzzy_matching=True)
        write(file, kept)


def read(file: Path, language: str) -> Catalog:
    if not file.exists():
        return Catalog(locale=language, project="Carnet", charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale=language)


def write(file: Path, catalog: Catalog) -> None:
    with file.open("wb") as target:
        write_po(target, catalog, width=120, omit_header=True, ignore_obsolete=True, include_lineno=False)


def untranslated(folder: Path, language: str) -> list[str]:
    """Name the texts that a language lacks; English is its own translation."""
    known = read(folder / "translations" / f"{language}.po", language)
    texts = [message.id for message in collect(folder) if message.id]
    return [str(text) for text in texts if not (found := known.get(text)) or not found.string]


if __name__ == "__main__":
    for named in sys.argv[1:]:
        update(Path(named))
