"""A completed order closes its service as done, a cancelled one as skipped (R4)."""

from contextlib import suppress

from carnet.contracts.domain.occurrence import Complete, Skip
from carnet.contracts.streams import OCCURRENCES
from carnet.events.dispatch import OrderCancelled, OrderCompleted
from carnet.kernel.decider import Rejected
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import Reaction
from carnet.kernel.runtime import Runtime

NAME = "an order closes its service"


def reaction(runtime: Runtime) -> Reaction:
    async def complete(heard: Heard[OrderCompleted]) -> None:
        if (occurrence_id := heard.fact.occurrence_id) is not None:
            command = Complete(order_id=heard.fact.order_id, done_on=heard.fact.completed_on)
            await runtime.handle(OCCURRENCES, occurrence_id, command, heard.because(NAME))

    async def skip(heard: Heard[OrderCancelled]) -> None:
        if (occurrence_id := heard.fact.occurrence_id) is not None:
            command = Skip(reason=heard.fact.reason or "cancelled", skipped_on=heard.fact.cancelled_on)
            with suppress(Rejected):  # done before, by an order that was reopened: what is done is done
                await runtime.handle(OCCURRENCES, occurrence_id, command, heard.because(NAME))

    return Reaction(NAME, {OrderCompleted: complete, OrderCancelled: skip}, start="beginning")
