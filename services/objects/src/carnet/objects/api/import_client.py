"""The sending side of an import: rows go to the service by the batch, and what became of them comes back."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import httpx

from carnet.kernel.decider import Rejected
from carnet.objects.api.imports import Batch, Taken
from carnet.objects.domain.imports.rows import ObjectRow, OmittedRow, RefusedRow, Row

BATCH = 500
IN_FLIGHT = 2  # batches on their way while the next one is read


@dataclass
class Report:
    """How far an import is: rows read, objects new and known, nodes made above them, rows left out and refused."""

    rows: int = 0
    registered: int = 0
    known: int = 0
    levels: int = 0
    left_out: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        self.registered += taken.registered
        self.known += taken.known
        self.levels += taken.levels
        self.refused += taken.refused


async def import_rows(
    client: httpx.AsyncClient, rows: Iterable[Row], progress: Callable[[Report], None] = lambda _: None
) -> Report:
    """Send rows to the service that `client` speaks to, which carries the token; call `progress` as it goes.

    Refused rows are reported by line. Raises Rejected for a file that cannot be read and where the service refuses.
    """
    report, on_the_way = Report(), set[asyncio.Task[Taken]]()
    try:
        for objects in batches(rows, report):
            on_the_way.add(asyncio.create_task(send(client, objects)))
            await settle(on_the_way, report, IN_FLIGHT)
            progress(report)
    except asyncio.CancelledError:
        for task in on_the_way:
            task.cancel()
        raise
    finally:
        await settle(on_the_way, report, 1)
    report.refused.sort(key=lambda row: row.line)
    progress(report)
    return report


def batches(rows: Iterable[Row], report: Report) -> Iterator[list[ObjectRow]]:
    """Give the readable rows by the batch; count the others. A file that breaks off gives its rows first."""
    part: list[Row] = []
    try:
        for row in rows:
            part.append(row)
            if len(part) == BATCH:
                yield from readable(part, report)
                part = []
    except Rejected:
        yield from readable(part, report)
        raise
    yield from readable(part, report)


def readable(part: list[Row], report: Report) -> Iterator[list[ObjectRow]]:
    report.rows += len(part)
    report.left_out += sum(isinstance(row, OmittedRow) for row in part)
    report.refused += [row for row in part if isinstance(row, RefusedRow)]
    if objects := [row for row in part if isinstance(row, ObjectRow)]:
        yield objects


async def settle(on_the_way: set[asyncio.Task[Taken]], report: Report, fewer_than: int) -> None:
    """Wait until fewer batches than this are on their way."""
    while len(on_the_way) >= fewer_than:
        done, _ = await asyncio.wait(on_the_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            on_the_way.discard(task)
            report.add(task.result())


async def send(client: httpx.AsyncClient, objects: list[ObjectRow]) -> Taken:
    body = Batch(rows=objects).model_dump_json(exclude_defaults=True)
    answer = await client.post("/objects/imports", content=body, headers={"Content-Type": "application/json"})
    if answer.is_error:
        raise Rejected(
            "The service refused the rows from line {line} on: {answer}", line=objects[0].line, answer=answer.text
        )
    return Taken.model_validate_json(answer.content)
