"""PDFs a second of the invoices that a run has issued: on one core beside bare typst, then on all of them.

Bare typst compiles the same template for the same data, which is worked out before, with a compiler that is kept as
ours is. The rest is ours: checks, words and figures, the QR code, what the font cannot draw.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import fontpkg_arimo
import typst
from bench.billed import run, settings_in
from bench.contracts import NEW_YEAR, heard, idle
from bench.report import Row, say

from carnet.invoicing import documents as paper
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.documents.printers import Printers
from carnet.invoicing.documents.render import TYPESETTER, render
from carnet.invoicing.documents.view import view
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import SERIES
from carnet.kernel.documents.typeset import PACKAGES, STANDARDS

CONTRACTS: Final = 1_000
ALONE: Final = 300  # documents that one core renders
CORES: Final = os.cpu_count() or 1
T = TypeVar("T")


async def issued(settings: InvoicingSettings) -> list[paper.Document]:
    """Bill contracts, and give their invoices as they go on paper."""
    await heard(settings, CONTRACTS)
    async with idle(settings) as runtime:
        await run(runtime)
        events = await runtime.engines.store.read(SERIES.stream(f"R-{NEW_YEAR.year}"))
        return [printed(SERIES.decode(event)) for event in events]


def a_second_of_a_core(act: Callable[[T], object], things: Sequence[T]) -> float:
    """Give how many of the things are done a second of processor time; the first one warms up."""
    act(things[0])
    begin = time.process_time()
    for thing in things:
        act(thing)
    return len(things) / (time.process_time() - begin)


def bare(documents: Sequence[paper.Document]) -> float:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_arimo.ROOT / "files"])
    template = TYPESETTER.template
    compiler = typst.Compiler(template, root=template.parent, font_paths=fonts, package_path=PACKAGES)
    midnight = datetime(NEW_YEAR.year, 1, 1, tzinfo=UTC)

    def compiled(data: str) -> object:
        inputs = {"data": data}
        return compiler.compile(format="pdf", sys_inputs=inputs, timestamp=midnight, pdf_standards=STANDARDS)

    return a_second_of_a_core(compiled, [json.dumps(view(document), ensure_ascii=False) for document in documents])


async def on_all_cores(documents: Sequence[paper.Document]) -> float:
    """Give the PDFs a second by the wall, with as many documents at once as the service has."""
    printers = Printers(CORES)
    await asyncio.gather(*(printers.pdf(document) for document in documents[: 4 * printers.at_once]))  # all have begun
    begin, rest = time.perf_counter(), iter(documents)
    await asyncio.gather(*(one_by_one(printers, rest) for _ in range(printers.at_once)))
    spent = time.perf_counter() - begin
    printers.close()
    return len(documents) / spent


async def one_by_one(printers: Printers, rest: Iterator[paper.Document]) -> None:
    for document in rest:
        await printers.pdf(document)


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        documents = asyncio.run(issued(settings_in(Path(folder))))
    peer = bare(documents[:ALONE])
    ours = a_second_of_a_core(render, documents[:ALONE])
    every = asyncio.run(on_all_cores(documents))
    note = "invoices of three lines with a QR-bill, PDF/A-3b and PDF/UA-1"
    ratio = round(ours / peer, 2)
    yield Row(
        "PDFs, one core",
        round(ours, 1),
        "PDFs/s",
        ">= 40",
        "bare typst",
        round(peer, 1),
        ratio,
        f"{note}; processor time",
    )
    at_once = f"{note}; {CORES} processes, {every:.0f} PDFs/s together"
    yield Row("PDFs, all cores, a core", round(every / CORES, 1), "PDFs/s", ">= 40", note=at_once)


if __name__ == "__main__":
    say(rows())
