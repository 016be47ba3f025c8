"""An order reserves its visit when it is created or reopened, uses it up when done, gives it back when cancelled.

All four are one reaction, so that they keep the order in which they happened.
"""

from carnet.contracts.consumers.agreement import Agreement, agreement_of, expected_on
from carnet.contracts.domain.applicable import agreed, year_of
from carnet.contracts.domain.coverage import Consume, Decide, Release, Reopen
from carnet.contracts.read_models import coverage
from carnet.contracts.read_models.coverage import CoverageRow
from carnet.contracts.streams import COVERAGE, contract_year_id
from carnet.contracts.streams.day_run import own_facts_seen
from carnet.events.dispatch import OrderCancelled, OrderCompleted, OrderCreated, OrderReopened
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

NAME = "an order uses its visit"


def reaction(runtime: Runtime) -> Reaction:
    async def reserve(heard: Heard[OrderCreated]) -> None:
        order = heard.fact
        if await decided(runtime, order.order_id) is None:
            agreement = await agreement_of(runtime, order)
            command, counted_on = decision(order, agreement), counter_of(order, agreement)
            await runtime.handle(COVERAGE, counted_on, command, heard.because(NAME))

    async def consume(heard: Heard[OrderCompleted]) -> None:
        command = Consume(order_id=heard.fact.order_id)
        await runtime.handle(COVERAGE, await counted(runtime, command.order_id), command, heard.because(NAME))

    async def release(heard: Heard[OrderCancelled]) -> None:
        command = Release(order_id=heard.fact.order_id)
        await runtime.handle(COVERAGE, await counted(runtime, command.order_id), command, heard.because(NAME))

    async def reserve_again(heard: Heard[OrderReopened]) -> None:
        command = Reopen(order_id=heard.fact.order_id)
        await runtime.handle(COVERAGE, await counted(runtime, command.order_id), command, heard.because(NAME))

    return Reaction(
        NAME,
        {OrderCreated: reserve, OrderCompleted: consume, OrderCancelled: release, OrderReopened: reserve_again},
        start="beginning",
    )


def decision(order: OrderCreated, agreement: Agreement) -> Decide:
    version, day = agreement.version, expected_on(order)
    return Decide(
        order_id=order.order_id,
        object_id=order.object_id,
        order_type=order.order_type,
        service_date=day,
        planned=order.occurrence_id is not None,
        agreed=agreed(version, agreement.object_ids, day) if version else None,
    )


def counter_of(order: OrderCreated, agreement: Agreement) -> str:
    """Name where the order's visit is counted: its contract year, or the order alone without a contract."""
    if agreement.version is None:
        return f"none-{order.order_id}"
    first_day, _ = year_of(agreement.version, expected_on(order))
    return contract_year_id(agreement.version.contract_id, first_day)


async def decided(runtime: Runtime, order_id: str) -> CoverageRow | None:
    """Give what was decided: a contract amended meanwhile must not lead the same order to another year's counter."""
    if not await own_facts_seen(runtime):
        raise NotYet("what was decided before")
    return await runtime.query(lambda session: coverage.of_order(session, order_id))


async def counted(runtime: Runtime, order_id: str) -> str:
    if (row := await decided(runtime, order_id)) is None:
        raise NotYet(f"the coverage of order {order_id}")
    return row.stream.removeprefix(f"{COVERAGE.name}-")
