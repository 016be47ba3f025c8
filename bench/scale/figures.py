"""What is measured at one size, and what that makes of the sizes beside each other."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from bench.report import Row, percentile
from sqlalchemy import Connection
from sqlmodel import Session

from carnet.kernel.database import Database


class Figure(NamedTuple):
    """A value with its unit: rates are better when they are higher, all else when it is lower."""

    value: float
    unit: str


Figures: TypeAlias = dict[str, Figure]


def rows(title: str, sizes: Iterable[tuple[int, Figures]]) -> Iterator[Row]:
    """Give a row a figure and a size; the ratio is to the smallest one (1: it does not grow, less: it does)."""
    first: tuple[int, Figures] | None = None
    for size, figures in sizes:
        first = first or (size, figures)
        for name, figure in figures.items():
            yield row(f"{title}, {size:,}: {name}", figure, f"at {first[0]:,}", first[1][name].value)


def row(name: str, figure: Figure, peer: str, beside: float) -> Row:
    ratio = figure.value / beside if figure.unit.endswith("/s") else beside / figure.value
    return Row(name, round(figure.value, 3), figure.unit, "", peer, round(beside, 3), round(ratio, 2))


async def asked(database: Database, name: str, queries: Iterable[Callable[[Session], object]]) -> Figures:
    """Give the p50 and p99 of queries on the read models, in milliseconds, after one that warms up."""
    return times(name, [await took(database.read(query)) for query in queries][1:])


async def took(work: Awaitable[object]) -> float:
    """Give the milliseconds that something takes."""
    begin = time.perf_counter()
    await work
    return (time.perf_counter() - begin) * 1000


def times(name: str, milliseconds: list[float]) -> Figures:
    return {
        f"{name}, p50": Figure(percentile(milliseconds, 0.5), "ms"),
        f"{name}, p99": Figure(percentile(milliseconds, 0.99), "ms"),
    }


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it looks well."""
    while not await look():  # noqa: ASYNC110  # nothing rings for what comes to rest
        await asyncio.sleep(0.1)


def resident() -> Figure:
    """Give the memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Figure(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, "MiB")


def bytes_a_row(session: Session, tables: Iterable[str]) -> Figures:
    """Give the bytes that each table, with its indexes and its full text, takes for a row."""
    connection = session.connection()
    sized = SIZES[connection.dialect.name](connection)
    figures: Figures = {}
    for table in tables:
        if count := connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one():
            size = sum(size for name, size in sized if belongs(name, table))
            figures[f"{table}, a row"] = Figure(size / count, "bytes")
    return figures


def belongs(name: str, table: str) -> bool:
    """Say whether it is the table, or one of those that keep its full text."""
    return name == table or name.startswith((f"{table}_fts_", f"{table}_words_"))


def pages(connection: Connection) -> list[tuple[str, int]]:
    sizes = "SELECT m.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_master m USING (name) GROUP BY m.tbl_name"
    return [(str(name), int(size)) for name, size in connection.exec_driver_sql(sizes)]


def relations(connection: Connection) -> list[tuple[str, int]]:
    sizes = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
    return [(str(name), int(size)) for name, size in connection.exec_driver_sql(sizes)]


SIZES: Final = {"sqlite": pages, "postgresql": relations}
