"""The billing run while contracts become more: 1,000, 10,000 and 100,000, each in a process and a folder of its own.

It is linear where an invoice takes as long as at the first size (ratio 1; less is slower). The run holds a page of
contracts in memory, however many there are; what still grows is SQLite's page caches, up to their bounds (16 MiB a
reader), and some 200 bytes a document of the series. A hundred times as many contracts take less than twice the memory.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.billed import Billed, in_a_process, settings_in
from bench.contracts import heard
from bench.report import Row, say

SIZES: Final = (1_000, 10_000, 100_000)


def measured(contracts: int) -> Billed:
    with TemporaryDirectory() as folder:
        asyncio.run(heard(settings_in(Path(folder)), contracts))
        billed = in_a_process(Path(folder))
        assert billed.invoices == contracts
        return billed


def rows() -> Iterator[Row]:
    first = None
    for size in SIZES:
        billed = measured(size)
        first = first or billed
        yield an_invoice(billed, first)
        yield memory(billed, first)


def an_invoice(billed: Billed, first: Billed) -> Row:
    name, peer = f"billing run, {billed.invoices:,} contracts: an invoice", f"at {first.invoices:,}"
    ours, theirs = 1000 / billed.rate, 1000 / first.rate
    cost = f"{1000 * billed.processor / billed.invoices:.2f} ms of processor time an invoice"
    return Row(name, round(ours, 3), "ms", ">= 0.7x", peer, round(theirs, 3), round(theirs / ours, 2), cost)


def memory(billed: Billed, first: Billed) -> Row:
    name, peer = f"billing run, {billed.invoices:,} contracts: memory at the most", f"at {first.invoices:,}"
    note = f"{billed.before:.0f} MiB before the run"
    ratio = round(first.peak / billed.peak, 2)
    return Row(name, round(billed.peak), "MiB", ">= 0.7x", peer, round(first.peak), ratio, note)


if __name__ == "__main__":
    say(rows())
