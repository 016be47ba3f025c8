"""Contracts are gone over by the page: however many there are, only a few of them stand in memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from carnet.invoicing.billing.agreed import terms_of
from carnet.invoicing.domain.terms import ContractTerms
from carnet.invoicing.read_models import contracts
from carnet.invoicing.read_models.contracts import FIRST, ContractRow, sort_key
from carnet.kernel.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract as it is known, and its terms where fees are billed."""

    row: ContractRow
    terms: ContractTerms | None


Page: TypeAlias = Sequence[Agreed]
Pages: TypeAlias = AsyncIterator[Page]


async def all_contracts(runtime: Runtime, size: int) -> Pages:
    """Give the contracts that a run bills, by number, up to `size` at a time."""
    after = FIRST
    while rows := await runtime.query(partial(contracts.next_billed, after=after, limit=size)):
        yield agreed(rows)
        after = sort_key(rows[-1])


async def these(rows: Sequence[ContractRow]) -> Pages:
    """Give some contracts at once."""
    yield agreed(rows)


def agreed(rows: Sequence[ContractRow]) -> Page:
    return [Agreed(row, terms_of(row.agreed)) for row in rows]
