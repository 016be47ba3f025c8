"""How a contract came about: each step of its stream with who took it, when, and what it changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from carnet.contracts.domain import contract, offer
from carnet.contracts.domain.amendments import Change
from carnet.contracts.domain.contract import Event
from carnet.contracts.domain.terms import Version
from carnet.contracts.read_models.contracts import WHAT
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.store.port import EventStore

NAMED: Final[dict[type[Any], str]] = {**WHAT, offer.ContractOffered: "offered", offer.OfferRevised: "offer revised"}


@dataclass(frozen=True)
class Step:
    """`by` is the acting person's id, or the reaction that did it; `ended` the last day before, where that changed."""

    event: Event
    at: datetime
    by: str
    ended: date | None = None

    @property
    def what(self) -> str:
        """A value of `WORDS["whats"]`."""
        if isinstance(self.event, offer.OfferClosed):
            return f"offer {self.event.outcome}"
        return NAMED[type(self.event)]

    @property
    def version(self) -> Version | None:
        return None if isinstance(self.event, offer.Event) else self.event.version

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.event.changes if isinstance(self.event, contract.ContractAmended) else ()


async def steps_of(store: EventStore, contract_id: str) -> list[Step]:
    """Give the steps of a contract or an offer, the newest first."""
    steps: list[Step] = []
    end: date | None = None
    for stored in await store.read(CONTRACTS.stream(contract_id)):
        step = Step(CONTRACTS.decode(stored), stored.recorded_at, stored.metadata.get("actor", ""), end)
        end = step.version.terms.end if step.version else end
        steps.append(step)
    return steps[::-1]
