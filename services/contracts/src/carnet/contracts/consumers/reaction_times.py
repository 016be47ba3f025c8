"""A fault gets its reaction time, which ends when the technician arrives or the order is cancelled (R7)."""

from datetime import datetime

from carnet.contracts.consumers.agreement import agreement_of
from carnet.contracts.domain.promise import End, Promise, Withdraw
from carnet.contracts.domain.reaction_time import ReactionTime
from carnet.contracts.domain.terms import Reaction as Agreed
from carnet.contracts.domain.terms import Version, reaction_for
from carnet.contracts.streams import REACTIONS
from carnet.contracts.streams.calendars import calendar_from
from carnet.events.dispatch import OrderCancelled, OrderCreated, TechnicianArrived
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

NAME = "a fault gets its reaction time"


def reaction(runtime: Runtime) -> Reaction:
    async def promise(heard: Heard[OrderCreated]) -> None:
        if (command := await promise_for(runtime, heard.fact)) is not None:
            await runtime.handle(REACTIONS, heard.fact.order_id, command, heard.because(NAME))

    async def end(heard: Heard[TechnicianArrived]) -> None:
        if await runtime.state(REACTIONS, heard.fact.order_id) is not None:
            command = End(at=heard.fact.arrived_at)
            await runtime.handle(REACTIONS, heard.fact.order_id, command, heard.because(NAME))

    async def withdraw(heard: Heard[OrderCancelled]) -> None:
        if await runtime.state(REACTIONS, heard.fact.order_id) is not None:
            await runtime.handle(REACTIONS, heard.fact.order_id, Withdraw(), heard.because(NAME))

    return Reaction(NAME, {OrderCreated: promise, TechnicianArrived: end, OrderCancelled: withdraw}, start="beginning")


async def promise_for(runtime: Runtime, order: OrderCreated) -> Promise | None:
    """Give the promise that the contract of a fault holds; None where it holds none for the priority."""
    if order.order_type != "fault" or order.reported_at is None:
        return None
    version = (await agreement_of(runtime, order)).version
    agreed = reaction_for(version.terms, order.priority) if version else None
    if version is None or agreed is None:
        return None
    return promised(order, version, await time_of(runtime, agreed, order.reported_at))


def promised(order: OrderCreated, version: Version, time: ReactionTime) -> Promise:
    return Promise(
        order_id=order.order_id,
        object_id=order.object_id,
        contract_id=version.contract_id,
        priority=order.priority,
        time=time,
    )


async def time_of(runtime: Runtime, agreed: Agreed, reported_at: datetime) -> ReactionTime:
    calendar = await calendar_from(runtime, agreed.calendar, reported_at.date())
    if calendar is None:
        raise NotYet(f"opening hours {agreed.calendar}")
    times = agreed.model_dump(include={"within_minutes", "escalate_before_minutes"})
    return ReactionTime(reported_at=reported_at, calendar=calendar, **times)
