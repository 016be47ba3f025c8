"""Planning goes over several streams: all is booked and planned, or nothing; cut off, it is finished."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from carnet.dispatch.domain import agenda
from carnet.dispatch.domain.absence import Record, Withdraw
from carnet.dispatch.domain.entries import Absence, Visit
from carnet.dispatch.domain.equipment import Register as RegisterEquipment
from carnet.dispatch.domain.order_commands import Cancel, Create
from carnet.dispatch.domain.technician import GainSkill
from carnet.dispatch.domain.technician import Register as RegisterTechnician
from carnet.dispatch.domain.work import Needs
from carnet.dispatch.streams import Streams
from carnet.dispatch.streams.absences import tell
from carnet.dispatch.streams.booking import settle
from carnet.dispatch.streams.planning import Planning
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import RecordedEvent, WrongRevision

ANNA = Because(actor="anna", correlation="c")
SKILLS = {
    "Luc Favre": ("traction", "hydraulic", "doors"),
    "Sandra Keller": ("traction", "electronics", "doors"),
    "Driton Krasniqi": ("traction", "hydraulic", "electronics"),
}
FAVRE, KELLER, KRASNIQI = SKILLS
EVERYONE = tuple(SKILLS)
WEIGHTS = "weights"


@pytest.fixture
async def streams() -> Streams:
    """Give the firm of the demonstration: three technicians, one set of test weights, Favre away in June."""
    streams = Streams(MemoryEventStore())
    await register(streams)
    await tell(streams, "a1", Record(technician_id=FAVRE, absence=military_service()), ANNA)
    return streams


async def register(streams: Streams) -> None:
    for name, skills in SKILLS.items():
        stream = streams.technician(name)
        await stream.handle(RegisterTechnician(technician_id=name, number=name[0], name=name), ANNA)
        for skill in skills:
            await stream.handle(GainSkill(skill=skill, valid_from=date(2026, 1, 1)), ANNA)
    weights = RegisterEquipment(equipment_id=WEIGHTS, number="W1", kind="test weights", name="Test weights 1000 kg")
    await streams.equipment(WEIGHTS).handle(weights, ANNA)


def military_service(first: int = 8, last: int = 26) -> Absence:
    return Absence(
        absence_id="a1",
        kind="military_service",
        starts_at=datetime.fromisoformat(f"2026-06-{first:02}T00:00+02:00"),
        ends_at=datetime.fromisoformat(f"2026-06-{last + 1:02}T00:00+02:00"),
    )


async def order(streams: Streams, order_id: str = "o1", **needs: Any) -> str:
    created = Create(
        order_id=order_id,
        number=f"26-{order_id}",
        order_type="fault",
        object_id="x",
        debtor_id="k1",
        created_on=date(2026, 1, 1),
        needs=Needs(**needs),
    )
    await streams.order(order_id).handle(created, ANNA)
    return order_id


def visit(order_id: str, day: date, *who: str, equipment: tuple[str, ...] = (), hour: int = 6) -> Visit:
    return Visit(
        visit_id=str(uuid4()),
        order_id=order_id,
        technician_ids=who,
        equipment_ids=equipment,
        starts_at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC),
        ends_at=datetime(day.year, day.month, day.day, hour + 3, tzinfo=UTC),
    )


async def booked(streams: Streams, whose: str, day: date) -> set[str]:
    state = await streams.agenda(whose, f"{day:%G-W%V}").state()
    return {each.visit_id for each in state.bookings.values()}


async def plan(streams: Streams, visit: Visit, because: Because = ANNA) -> list[str]:
    outcome = await Planning(streams, visit, because).plan(EVERYONE)
    return [event.type for event in outcome.events]


async def test_on_10_june_favre_is_refused_and_keller_goes(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 6, 10)
    with pytest.raises(Rejected, match="Luc Favre is on military service from 8 to 26 June; choose someone else"):
        await plan(streams, visit(order_id, day, FAVRE))
    assert await plan(streams, visit(order_id, day, KELLER)) == ["order-planned.v1"]


async def test_on_22_june_only_krasniqi_can_go_to_the_hydraulic_lift(streams: Streams) -> None:
    order_id, day = await order(streams, skills=("hydraulic",)), date(2026, 6, 22)
    with pytest.raises(Rejected, match="military service from 8 to 26 June"):
        await plan(streams, visit(order_id, day, FAVRE))
    with pytest.raises(Rejected, match=r"Keller lacks hydraulic.* Driton Krasniqi has hydraulic and is free"):
        await plan(streams, visit(order_id, day, KELLER))
    assert await plan(streams, visit(order_id, day, KRASNIQI)) == ["order-planned.v1"]


async def test_on_15_april_two_technicians_and_the_weights_are_booked(streams: Streams) -> None:
    order_id, day = await order(streams, persons=2, equipment=("test weights",)), date(2026, 4, 15)
    pair = visit(order_id, day, FAVRE, KRASNIQI, equipment=(WEIGHTS,))
    await plan(streams, pair)
    assert [await booked(streams, each, day) for each in pair.takes()] == [{pair.visit_id}] * 3


async def test_the_one_set_of_weights_is_booked_once_and_a_refusal_books_nobody(streams: Streams) -> None:
    one, other, day = await order(streams, "o1"), await order(streams, "o2"), date(2026, 4, 15)
    await plan(streams, visit(one, day, FAVRE, equipment=(WEIGHTS,)))
    refused = visit(other, day, KELLER, equipment=(WEIGHTS,))
    with pytest.raises(Rejected, match="Test weights 1000 kg is already booked on 15 April from 08:00 to 11:00"):
        await plan(streams, refused)
    assert await booked(streams, KELLER, day) == set()
    state = await streams.order(other).state()
    assert state
    assert state.visit is None


async def test_a_visit_that_moves_leaves_its_old_time_free(streams: Streams) -> None:
    one, other, day = await order(streams, "o1"), await order(streams, "o2"), date(2026, 4, 15)
    await plan(streams, visit(one, day, KELLER))
    moved = visit(one, day, KELLER, hour=8)
    await plan(streams, moved)
    assert await booked(streams, KELLER, day) == {moved.visit_id}
    assert await plan(streams, visit(other, day, KELLER, hour=5)) == ["order-planned.v1"]


async def test_the_same_request_again_answers_the_same_and_keeps_the_booking(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 4, 15)
    keyed, first = Because(actor="anna", correlation="c", key="k", body_hash="h"), visit(order_id, day, KELLER)
    assert await plan(streams, first, keyed) == await plan(streams, first, keyed) == ["order-planned.v1"]
    assert await booked(streams, KELLER, day) == {first.visit_id}


async def test_what_was_refused_may_be_asked_again_with_the_same_key(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 6, 10)
    keyed, wish = Because(actor="anna", correlation="c", key="k", body_hash="h"), visit(order_id, day, KELLER, FAVRE)
    with pytest.raises(Rejected):
        await plan(streams, wish, keyed)
    await tell(streams, "a1", Withdraw(absence_id="a1"), ANNA)
    assert await plan(streams, wish, keyed) == ["order-planned.v1"]
    assert await booked(streams, KELLER, day) == {wish.visit_id}


async def test_an_old_plan_that_comes_again_changes_nothing(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 4, 15)
    old, new = visit(order_id, day, KELLER), visit(order_id, day, FAVRE)
    await plan(streams, old)
    await plan(streams, new)
    assert await plan(streams, old) == []
    assert await booked(streams, KELLER, day) == set()
    assert await booked(streams, FAVRE, day) == {new.visit_id}


async def cut_off(streams: Streams, wish: Visit) -> None:
    """Book the first agenda, as a process that is killed then would leave it."""
    command = agenda.Book(whose=wish.technician_ids[0], name="", visit=wish)
    await streams.agenda(wish.technician_ids[0], next(wish.weeks())).handle(command, ANNA)


async def test_a_plan_that_was_cut_off_is_finished(streams: Streams) -> None:
    day = date(2026, 4, 15)
    wish = visit(await order(streams), day, KELLER, KRASNIQI)
    await cut_off(streams, wish)
    await Planning(streams, wish, ANNA).finish()
    state = await streams.order("o1").state()
    assert state
    assert state.visit == wish
    assert await booked(streams, KRASNIQI, day) == {wish.visit_id}


async def test_a_plan_that_was_cut_off_and_cannot_be_finished_is_released(streams: Streams) -> None:
    day = date(2026, 6, 10)
    wish = visit(await order(streams), day, KELLER, FAVRE)
    await cut_off(streams, wish)
    await Planning(streams, wish, ANNA).finish()
    assert await booked(streams, KELLER, day) == set()


async def test_a_plan_that_was_refused_and_released_is_not_taken_up_again(streams: Streams) -> None:
    day = date(2026, 4, 15)
    wish = visit(await order(streams), day, KELLER)
    await Planning(streams, wish, ANNA).finish()
    assert await booked(streams, KELLER, day) == set()


async def test_a_cancelled_order_sets_its_technician_free(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 4, 15)
    await plan(streams, visit(order_id, day, KELLER))
    cancel = Cancel(reason="declined", by="customer", cancelled_on=day)
    await streams.order(order_id).handle(cancel, ANNA)
    await settle(streams, order_id, ANNA)
    assert await booked(streams, KELLER, day) == set()


async def test_an_absence_that_moves_leaves_the_weeks_that_it_left(streams: Streams) -> None:
    await tell(streams, "a1", Record(technician_id=FAVRE, absence=military_service(22, 26)), ANNA)
    order_id, day = await order(streams), date(2026, 6, 10)
    assert await plan(streams, visit(order_id, day, FAVRE)) == ["order-planned.v1"]


async def test_a_visit_over_the_turn_of_the_week_stands_on_both_agendas(streams: Streams) -> None:
    night = Visit(
        visit_id="v",
        order_id=await order(streams),
        technician_ids=(KELLER,),
        starts_at=datetime(2026, 4, 19, 22, tzinfo=UTC),
        ends_at=datetime(2026, 4, 20, 2, tzinfo=UTC),
    )
    await plan(streams, night)
    assert await booked(streams, KELLER, date(2026, 4, 19)) == await booked(streams, KELLER, date(2026, 4, 20)) == {"v"}


async def test_unknown_people_are_refused(streams: Streams) -> None:
    with pytest.raises(Rejected, match="There is no technician Nobody"):
        await plan(streams, visit(await order(streams), date(2026, 4, 15), "Nobody"))


async def test_a_stale_request_for_the_plan_that_holds_leaves_its_booking(streams: Streams) -> None:
    order_id, day = await order(streams), date(2026, 4, 15)
    holds = visit(order_id, day, KELLER)
    await plan(streams, holds)
    with pytest.raises(WrongRevision):
        await Planning(streams, holds, ANNA).plan(expected=0)
    assert await booked(streams, KELLER, day) == {holds.visit_id}


class Interrupted(MemoryEventStore):
    """A store in which something else happens between the first look at an order and what follows from it."""

    meanwhile: Callable[[], Awaitable[Any]] | None = None

    async def read(self, stream: str, after: int = -1, limit: int | None = None) -> list[RecordedEvent]:
        events = await super().read(stream, after, limit)
        if stream.startswith("order-") and self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        return events


async def test_a_plan_that_seemed_to_hold_is_not_planned_without_its_bookings() -> None:
    store = Interrupted()
    streams, day = Streams(store), date(2026, 4, 15)
    await register(streams)
    order_id = await order(streams)
    await plan(streams, visit(order_id, day, KELLER))
    store.meanwhile = lambda: plan(streams, visit(order_id, day, FAVRE))
    with pytest.raises(WrongRevision):
        await plan(streams, visit(order_id, day, KELLER))
    assert await booked(streams, KELLER, day) == set()
