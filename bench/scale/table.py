"""`python -m bench.scale.table`: write what the row of scale measured into `docs/scale.md`; with --check only compare.

Between two marks stands a table a title: a line a figure (p50 and p99 on one), a column a size, and how much better
the largest size is than the smallest (1x: it does not grow).
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.report import number

HERE: Final = Path(__file__).parent.parent
DOCUMENT: Final = HERE.parent / "docs" / "scale.md"
MARKED: Final = re.compile(r"(<!-- measured -->\n).*(<!-- /measured -->)", re.DOTALL)
ROW: Final = re.compile(r"(?P<title>[^,:]+), (?P<size>[\d,]+): (?P<name>.+)")
TITLES: Final = ("objects", "objects in PostgreSQL", "contracts", "orders of a year")
SIZES: Final = ("10,000", "100,000", "1,000,000")
NOT_YET: Final = "–"

Measured = dict[tuple[str, str, str], dict[str, Any]]
"""By title, figure and size."""


def measured() -> Measured:
    rows = json.loads((HERE / "results.json").read_text())
    found = [(match, row) for row in rows if (match := ROW.fullmatch(row["name"]))]
    return {(match["title"], match["name"], match["size"]): row for match, row in found if match["title"] in TITLES}


def tables(rows: Measured) -> Iterator[str]:
    if not rows:
        yield "Not measured yet.\n\n"
    for title in dict.fromkeys(title for title, _, _ in rows):
        names = dict.fromkeys(name.removesuffix(", p50") for of, name, _ in rows if of == title and "p99" not in name)
        yield f"| {title} | {' | '.join(SIZES)} | |\n|---|---|---|---|---|\n"
        yield from (line(rows, title, name) for name in names)
        yield "\n"


def line(rows: Measured, title: str, name: str) -> str:
    both = [name] if (title, name, SIZES[0]) in rows else [f"{name}, p50", f"{name}, p99"]
    cells = [cell([rows[title, each, size] for each in both if (title, each, size) in rows]) for size in SIZES]
    ratios = [rows[title, both[0], size]["ratio"] for size in SIZES if (title, both[0], size) in rows]
    return f"| {name}{' (p50 / p99)' if len(both) > 1 else ''} | {' | '.join(cells)} | {ratios[-1]:g}x |\n"


def cell(figures: list[dict[str, Any]]) -> str:
    return f"{' / '.join(number(each['value']) for each in figures)} {figures[0]['unit']}" if figures else NOT_YET


def written(text: str) -> str:
    return MARKED.sub(lambda marks: f"{marks[1]}\n{''.join(tables(measured()))}{marks[2]}", text)


def main(*asked: str) -> int:
    text = DOCUMENT.read_text()
    if asked == ("--check",):
        return int(written(text) != text)
    DOCUMENT.write_text(written(text))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
