"""The texts of notifications in the party's language: a template and what it speaks of become paragraphs.

A template sets `subject` and, where something is enclosed in a letter, `enclosure`; what it prints are the
paragraphs, set apart by empty lines.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from carnet.kernel.web.pages import SWISS, formats
from carnet.notifications.domain.notification import Language, Text

TEMPLATES: Final = Path(__file__).parent
EMPTY_LINE: Final = re.compile(r"\n\s*\n")
SPACES: Final = re.compile(r"[ \n]+")  # not the no-break space, which stays where it was set


def compose(template: str, language: Language, values: Mapping[str, Any], reference: str | None) -> Text:
    """Give the text of one notification; raises jinja2.UndefinedError where the template asks for more than it gets."""
    written = texts(language).get_template(f"{language}/{template}.txt").make_module(dict(values))
    enclosure = getattr(written, "enclosure", "")
    return Text(
        language=language,
        subject=tidy(vars(written)["subject"]),
        paragraphs=tuple(tidy(each) for each in EMPTY_LINE.split(str(written)) if each.strip()),
        enclosures=(tidy(enclosure),) if enclosure else (),
        reference=reference,
    )


@cache
def texts(language: Language) -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    made = Environment(loader=loader, autoescape=select_autoescape(), undefined=StrictUndefined)  # .txt is not escaped
    made.filters.update(formats(SWISS[language]))
    return made


def tidy(text: str) -> str:
    return SPACES.sub(" ", text).strip()
