"""Rows of a file become nodes: each level before what hangs under it, many appends in flight, each number once.

A stream that is there already means that the row came before: importing a file again adds nothing.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from carnet.kernel.because import Because
from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.store.port import AppendRefused, WrongRevision
from carnet.kernel.streams import Stream
from carnet.objects.domain import object as objects
from carnet.objects.domain import site
from carnet.objects.domain.identity import object_id, site_id
from carnet.objects.domain.imports.rows import LevelRow, ObjectRow, RefusedRow
from carnet.objects.domain.placement import TOP, Placement
from carnet.objects.streams import Streams

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Placed: TypeAlias = tuple[LevelRow, Sequence[LevelRow]]  # a level and those above it, the top one first


@dataclass
class Imported:
    """What became of some rows: objects registered now, known before, refused; nodes made above them."""

    registered: int = 0
    known: int = 0
    levels: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


class KnownSites:
    """Numbers of sites that are known to be registered, which they stay; it saves asking again for each row."""

    MOST = 200_000

    def __init__(self) -> None:
        self.numbers: set[str] = set()

    def __contains__(self, number: str) -> bool:
        return number in self.numbers

    def add(self, number: str) -> None:
        if len(self.numbers) >= self.MOST:
            self.numbers.clear()
        self.numbers.add(number)


@dataclass(frozen=True)
class Importer:
    """Takes rows in, a batch at a time; `known` may be shared by all imports into one store."""

    streams: Streams
    because: Because
    known: KnownSites = field(default_factory=KnownSites)

    async def take(self, rows: Sequence[ObjectRow]) -> Imported:
        """Register what the rows say, the levels from the top down, then the objects."""
        result = Imported()
        for levels in by_depth(rows):
            new = [self.register_level(*level) for number, level in levels.items() if number not in self.known]
            result.levels += sum(await asyncio.gather(*new))
        for row, outcome in zip(rows, await asyncio.gather(*map(self.register_object, rows)), strict=True):
            count(result, row, outcome)
        return result

    async def register_level(self, level: LevelRow, above: Sequence[LevelRow]) -> bool:
        command = site.Register(site_id=site_id(level.number), placement=placement(above), **dict(level))
        is_new = await self.begin(self.streams.site(command.site_id), [command])
        self.known.add(level.number)
        return is_new

    async def register_object(self, row: ObjectRow) -> bool | str:
        """Say whether the object is new, or why it is refused."""
        identity = object_id(row.number)
        try:
            return await self.begin(self.streams.object(identity), commands(identity, row))
        except (Rejected, AppendRefused) as refused:
            return str(refused)

    async def begin(self, stream: Stream[C, S, E], first: Iterable[C]) -> bool:
        """Begin a stream with what these commands lead to; False where it is there already."""
        decider = stream.category.decider
        try:
            await stream.append(decider.initial, decided(decider, first), self.because, -1)
        except WrongRevision:
            return False
        return True


def count(result: Imported, row: ObjectRow, outcome: bool | str) -> None:
    if isinstance(outcome, str):
        result.refused.append(RefusedRow(line=row.line, column="", reason=outcome))
    elif outcome:
        result.registered += 1
    else:
        result.known += 1


def by_depth(rows: Sequence[ObjectRow]) -> list[dict[str, Placed]]:
    """Give the distinct levels of some rows by their numbers, with what is above them, the top ones first."""
    depths: list[dict[str, Placed]] = []
    for row in rows:
        for depth, level in enumerate(row.levels):
            if depth == len(depths):
                depths.append({})
            if level.number not in depths[depth]:
                depths[depth][level.number] = (level, row.levels[:depth])
    return depths


def placement(above: Sequence[LevelRow]) -> Placement:
    """Give where a node below these levels stands; they are registered before it."""
    if not above:
        return TOP
    building = next((level.number for level in reversed(above) if level.kind == "site"), None)
    return Placement(parent_id=site_id(above[-1].number), site_id=site_id(building) if building else None)


def commands(identity: str, row: ObjectRow) -> list[objects.Command]:
    told = row.model_dump(exclude={"line", "levels", "retired_on", "retired_because"})
    first = objects.Register(object_id=identity, placement=placement(row.levels), **told)
    if row.retired_on is None:
        return [first]
    return [first, objects.Retire(retired_on=row.retired_on, reason=row.retired_because)]


def decided(decider: Decider[C, S, E], given: Iterable[C]) -> list[Any]:
    """Give all events that these commands lead to, one after another, on a new stream."""
    events: list[Any] = []
    for command in given:
        events += decider.decide(command, decider.fold(events))
    return events
