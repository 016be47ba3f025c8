"""The letterheads of the debtors whose contracts are gone over, each collected once."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

from carnet.invoicing.billing.letterhead import Letterhead, letterhead
from carnet.kernel.runtime import Runtime

MOST = 1_000  # that are remembered, so that memory does not grow with the number of debtors


@dataclass
class Letterheads:
    runtime: Runtime
    known: dict[str, Awaitable[Letterhead]] = field(default_factory=dict)

    async def of(self, debtor_id: str) -> Letterhead:
        """Give a debtor's letterhead, also to contracts that are looked at side by side; raises NotYet."""
        if debtor_id not in self.known:
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[debtor_id] = asyncio.ensure_future(letterhead(self.runtime, debtor_id))
        return await self.known[debtor_id]
