"""What was corrected of an order's reports, when and by whom: the order's stream itself says it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from carnet.dispatch.domain.order_events import Report, WorkReportCorrected, WorkReported
from carnet.dispatch.domain.work import Item
from carnet.dispatch.streams import ORDERS
from carnet.kernel.store.port import EventStore

Change: TypeAlias = tuple[Item | None, Item | None]
"""An item before and after a correction; None where it was not there yet, or is not any more."""


@dataclass(frozen=True)
class Correction:
    """A report before and after it was corrected; `by` is the acting person's id, as their tokens say it."""

    before: Report
    after: Report
    recorded_at: datetime
    by: str

    @property
    def changes(self) -> list[Change]:
        return differences(self.before.items, self.after.items)


async def corrections_of(store: EventStore, order_id: str) -> list[Correction]:
    """Give the corrections of an order's reports in their order."""
    held: dict[str, Report] = {}
    found: list[Correction] = []
    for stored in await store.read(ORDERS.stream(order_id)):
        match ORDERS.decode(stored):
            case WorkReported(report=new):
                held[new.report_id] = new
            case WorkReportCorrected(report=new):
                actor = stored.metadata.get("actor", "")
                found.append(Correction(held[new.report_id], new, stored.recorded_at, actor))
                held[new.report_id] = new
    return found


def differences(before: Iterable[Item], after: Iterable[Item]) -> list[Change]:
    """Pair what is gone with what came for it: the same kind of the same article; what stays is left out."""
    was, now = Counter(before), Counter(after)
    gone, come = list((was - now).elements()), list((now - was).elements())
    pairs: list[Change] = []
    for item in come:
        old = next((each for each in gone if (each.kind, each.article) == (item.kind, item.article)), None)
        if old:
            gone.remove(old)
        pairs.append((old, item))
    return [*pairs, *((old, None) for old in gone)]
