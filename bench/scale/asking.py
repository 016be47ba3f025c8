"""What persons ask of a register: they search, open a cockpit, walk down the tree, turn the pages of a list."""

import random
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from bench.scale.figures import Figures, asked
from bench.scale.register import TODAY
from bench.search import A_SITE, questions
from sqlmodel import Session

from carnet.kernel.database import Database
from carnet.objects.pages.portal import portal
from carnet.objects.read_models import parties, tree
from carnet.objects.read_models.cockpit import cockpit
from carnet.objects.read_models.search import search

Query: TypeAlias = Callable[[Session], Any]

PAGE: Final = 51  # rows, one more than are shown
TIMES: Final = 200
DEEP: Final = 0.9  # of the way down a list


def queries(size: int) -> Iterator[tuple[str, list[Query]]]:
    """Give what is asked by its name, each many times, with other values each time where there are any."""
    chance, deep = random.Random(7), (f"L{int(size * DEEP):07}", "")
    some = [chance.randrange(size) for _ in range(TIMES)]
    yield "search", [lambda s, q=q: search(s, q) for q in questions(size)]
    yield "cockpit of an object", [lambda s, n=n: cockpit(s, f"o{n}", TODAY) for n in some]
    yield "cockpit of a site", [lambda s, n=n: cockpit(s, f"s{n // A_SITE}", TODAY) for n in some]
    yield "children of a site", [lambda s, n=n: tree.children(s, f"s{n // A_SITE}", (), PAGE) for n in some]
    yield "top of the tree", [lambda s: tree.children(s, None, (), PAGE)] * TIMES
    yield "list, first page", [lambda s: tree.listed(s, (), PAGE, objects=True)] * TIMES
    yield "list, a page far down", [lambda s: tree.listed(s, deep, PAGE, objects=True)] * TIMES
    yield "sites, first page", [lambda s: tree.listed(s, (), PAGE, objects=False)] * TIMES
    yield "customers, first page", [lambda s: parties.listed(s, "", (), PAGE)] * TIMES
    yield "portal", [portal] * 20


async def questions_of(database: Database, size: int) -> Figures:
    """Give the p50 and p99 of each."""
    figures: Figures = {}
    for name, many in queries(size):
        figures |= await asked(database, name, many)
    return figures
