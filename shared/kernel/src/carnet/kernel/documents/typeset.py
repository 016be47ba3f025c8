"""From a typst template and plain data to a PDF that is the same, byte for byte, on every machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

PACKAGES = Path(__file__).parent / "packages"
STANDARDS: list["typst.PDFStandard"] = ["a-3b", "ua-1"]
NO_GLYPH = "?"


class NotTypeset(ValueError):
    """A template that does not fit its data, in typst's own words."""


@dataclass(frozen=True)
class Typesetter:
    """One template with its kept compiler; safe to share between threads.

    The template reads its data with `json(bytes(sys.inputs.data))` and may import `@carnet/paper:1.0.0`,
    the sheet with letterhead and window address. Only packaged fonts are used, never the system's.
    """

    template: Path
    _turn: Lock = field(default_factory=Lock, repr=False, compare=False)

    def pdf(self, data: Mapping[str, object], dated: date) -> bytes:
        """Typeset JSON-ready data into an archivable (PDF/A-3b), accessible (PDF/UA-1) document.

        `dated` becomes the creation date in place of the clock. What the font cannot draw is a question mark: an
        accessible PDF has no text without a glyph. Raises `NotTypeset` where the template does not fit its data.
        """
        inputs = {"data": json.dumps(drawable(data), ensure_ascii=False, sort_keys=True)}
        midnight = datetime.combine(dated, time(), UTC)
        try:
            with self._turn:
                made = self._compiler.compile(
                    format="pdf", sys_inputs=inputs, timestamp=midnight, pdf_standards=STANDARDS
                )
        except RuntimeError as error:  # typst.TypstError is one
            raise NotTypeset(str(error)) from error
        if not isinstance(made, bytes):
            raise TypeError(f"typst made {type(made).__name__} of {self.template.name}, not one PDF.")
        return made

    @cached_property
    def _compiler(self) -> "typst.Compiler":
        import fontpkg_arimo  # noqa: PLC0415 - a context without documents never loads typst
        import typst  # noqa: PLC0415

        fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_arimo.ROOT / "files"])
        return typst.Compiler(self.template, root=self.template.parent, font_paths=fonts, package_path=PACKAGES)


def drawable(data: Any) -> Any:
    """Give JSON-ready data whose texts hold nothing but space and what the packaged font can draw."""
    match data:
        case str():
            return data.translate({ord(c): instead(c) for c in set(data) if c != "\n" and ord(c) not in glyphs()})
        case Mapping():
            return {name: drawable(value) for name, value in data.items()}
        case list() | tuple():
            return [drawable(value) for value in data]
        case _:
            return data


def instead(character: str) -> str:
    return " " if character.isspace() else NO_GLYPH


@cache
def glyphs() -> frozenset[int]:
    """Give the code points that the packaged font has a glyph for."""
    import fontpkg_arimo  # noqa: PLC0415  # as above
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(fontpkg_arimo.ROOT / "files" / "Arimo[wght].ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())
