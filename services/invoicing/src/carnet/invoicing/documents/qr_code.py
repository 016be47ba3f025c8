"""The code of a QR-bill as one path of few strokes, under the mask that ISO/IEC 18004 prefers (7.8).

The library weighs the eight masks module by module, which takes longer than typesetting the bill. Here a whole code is
one number, a bit a module, and each rule looks at all its rows at once.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby
from typing import Any, Final, NamedTuple

from qrcode import constants
from qrcode.main import QRCode

MASKS: Final = range(8)
Modules = Sequence[Sequence[bool | None]]


class Sides(NamedTuple):
    """The modules of a code by rows and by columns, one bit each, with a light one between two rows."""

    rows: int
    columns: int


class Code(QRCode):  # type: ignore[misc]  # the library has no types
    """A code whose mask is found quickly; it is the one that the library finds."""

    def best_mask_pattern(self) -> int:
        self.makeImpl(True, 0)
        first, blanks = sides(self.modules), blank(self.version)
        masked = (Sides(first.rows ^ rows, first.columns ^ columns) for rows, columns in blanks)
        lost = [penalty(each, self.modules_count) for each in masked]
        return lost.index(min(lost))


class Drawing(NamedTuple):
    """What qrbill wants of an image: how wide it is, in modules, and that it can be saved as SVG."""

    width: int
    path: str

    def save(self, file: Any) -> None:
        file.write(f'<path d="{self.path}"/>'.encode())


def drawing(payload: str) -> Drawing:
    """Draw the code of a payload, at the error correction that the QR-bill asks for (M)."""
    code = Code(error_correction=constants.ERROR_CORRECT_M, border=0)
    code.add_data(payload)
    code.make()
    return Drawing(code.modules_count, "".join(strokes(code.modules)))


def strokes(modules: Modules) -> Iterator[str]:
    """Give a rectangle for each run of dark modules in a row."""
    for y, row in enumerate(modules):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield f"M{x},{y}h{length}v1h-{length}z"
            x += length


@lru_cache(maxsize=40)  # as many versions as there are
def blank(version: int) -> tuple[Sides, ...]:
    """Give what each mask changes of the first one, in a code of a version (its size)."""
    made = []
    for mask in MASKS:
        code = QRCode(version=version, error_correction=constants.ERROR_CORRECT_M)
        code.data_cache = []
        code.makeImpl(True, mask)
        made.append(sides(code.modules))
    return tuple(Sides(each.rows ^ made[0].rows, each.columns ^ made[0].columns) for each in made)


def sides(modules: Modules) -> Sides:
    return Sides(number(modules), number(list(zip(*modules, strict=True))))


def number(rows: Modules) -> int:
    return int("0".join("".join("1" if dark else "0" for dark in row) for row in rows), 2)


def penalty(code: Sides, size: int) -> int:
    """Add up what the standard holds against a code (table 11)."""
    both = sum(runs(each, size) + finders(each, size) for each in code)
    dark = code.rows.bit_count() / size**2
    return both + squares(code.rows, size) + 10 * int(abs(dark * 100 - 50) / 5)


@lru_cache(maxsize=400)
def windows(size: int, length: int) -> int:
    """Give where `length` modules in a row begin, counted from the low end."""
    row = (1 << (size - length + 1)) - 1
    return sum(row << (n * (size + 1)) for n in range(size))


def runs(code: int, size: int) -> int:
    """Count 3 for five modules of a colour in a row, and 1 for each one more."""
    alike = ~(code ^ code >> 1) & windows(size, 2)
    five = alike & alike >> 1 & alike >> 2 & alike >> 3
    return five.bit_count() + 2 * (five & ~(five >> 1)).bit_count()


def squares(code: int, size: int) -> int:
    """Count 3 for each square of four modules of a colour."""
    alike = ~(code ^ code >> 1) & windows(size, 2)
    below = ~(code ^ code >> (size + 1)) & ((1 << (size * (size + 1) - size - 1)) - 1)
    return 3 * (alike & alike >> (size + 1) & below & below >> 1 & windows(size, 2)).bit_count()


def finders(code: int, size: int) -> int:
    """Count 40 for what looks like a finder, with four light modules before or behind it."""
    light = ~code
    dark_at, light_at = partial(at, code), partial(at, light)
    core = dark_at(0, 2, 3, 4, 6) & light_at(1, 5)
    found = windows(size, 11) & core & light_at(7, 8, 9, 10)
    before = windows(size, 11) & core >> 4 & light_at(0, 1, 2, 3)
    return 40 * (found.bit_count() + before.bit_count())


def at(code: int, *places: int) -> int:
    """Give where a colour stands at all of these places, counted from there."""
    found = -1
    for place in places:
        found &= code >> place
    return found
