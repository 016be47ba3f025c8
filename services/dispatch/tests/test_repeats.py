"""Any command, sent twice, adds nothing the second time, whatever happened before."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carnet.dispatch.domain import absence, agenda, equipment, order, order_commands, technician
from carnet.dispatch.domain.entries import Absence, Visit
from carnet.dispatch.domain.qualification import Candidate
from carnet.dispatch.domain.work import Item
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import repeated_adds_nothing

start = datetime(2026, 6, 8, tzinfo=UTC)
few, days = st.sampled_from(["1", "2", "3"]), st.dates(date(2026, 6, 1), date(2026, 6, 9))


def spanning(first: int, length: int) -> dict[str, Any]:
    return {"starts_at": start + timedelta(hours=first), "ends_at": start + timedelta(hours=first + length)}


spans = st.builds(spanning, st.integers(0, 99), st.integers(1, 30))
visits = st.builds(
    lambda number, order_id, who, span: Visit(visit_id=number, order_id=order_id, technician_ids=(who,), **span),
    few,
    few,
    few,
    spans,
)
absences = st.builds(
    lambda number, kind, span: Absence(absence_id=number, kind=kind, **span),
    few,
    st.sampled_from(["holidays", "training"]),
    spans,
)
items = st.lists(
    st.builds(
        Item,
        kind=st.sampled_from(["repair", "km", "part"]),
        quantity=st.decimals("0.25", 9, places=2),
        article=few,
    ),
    max_size=3,
).map(tuple)


agenda_commands = st.one_of(
    visits.map(lambda visit: agenda.Book(whose="r", name="Luc Favre", visit=visit)),
    few.map(lambda number: agenda.Release(whose="r", visit_id=number)),
    absences.map(lambda away: agenda.Block(whose="r", absence=away)),
    few.map(lambda number: agenda.Unblock(whose="r", absence_id=number)),
)


@given(st.lists(agenda_commands, max_size=12))
def test_agenda(commands: list[agenda.Command]) -> None:
    repeated_adds_nothing(agenda.agenda, commands)


@given(st.lists(agenda_commands, max_size=12))
def test_nobody_is_in_two_places(commands: list[agenda.Command]) -> None:
    state = agenda.agenda.initial
    for command in commands:
        with suppress(Rejected):
            state = reduce(agenda.evolve, agenda.decide(command, state), state)
    booked = list(state.bookings.values())
    assert not any(a.overlaps(b) and a.order_id != b.order_id for a in booked for b in booked)


absence_commands = st.one_of(
    st.builds(lambda who, away: absence.Record(technician_id=who, absence=away), few, absences),
    st.builds(absence.Withdraw, absence_id=few),
)


@given(st.lists(absence_commands, max_size=8))
def test_absence(commands: list[absence.Command]) -> None:
    repeated_adds_nothing(absence.absence, commands)


technician_commands = st.one_of(
    st.builds(technician.Register, technician_id=st.just("t"), number=st.just("1"), name=few),
    st.builds(technician.GainSkill, skill=few, valid_from=days, valid_until=st.none()),
    st.builds(technician.LoseSkill, skill=few, last_day=days),
)


@given(st.lists(technician_commands, max_size=12))
def test_technician(commands: list[technician.Command]) -> None:
    repeated_adds_nothing(technician.technician, commands)


@given(st.lists(st.builds(equipment.Register, equipment_id=few, number=few, kind=few, name=few), max_size=4))
def test_equipment(commands: list[equipment.Register]) -> None:
    repeated_adds_nothing(equipment.equipment, commands)


def planning(visit: Visit) -> order_commands.Plan:
    chosen = tuple(Candidate(technician_id=who, name=who) for who in visit.technician_ids)
    return order_commands.Plan(visit=visit, chosen=chosen)


order_commands_of_one = st.one_of(
    visits.map(planning),
    st.builds(order_commands.AgreeAppointment, agreed_on=days, zone=st.just("Europe/Zurich")),
    st.builds(order_commands.Arrive, technician_id=few, at=st.just(start)),
    st.builds(order_commands.ReportWork, report_id=few, technician_id=few, service_date=days, items=items),
    st.builds(order_commands.CorrectReport, report_id=few, items=items),
    st.builds(order_commands.Complete, completed_on=days),
    st.builds(order_commands.Cancel, reason=few, by=st.just("us"), cancelled_on=days),
    st.builds(order_commands.Reopen, reason=few, reopened_on=days),
    st.builds(order_commands.Approve, approved_on=days),
)
creation = order_commands.Create(
    order_id="1", number="1", order_type="internal", object_id="x", created_on=date(2026, 6, 1)
)


@given(st.lists(order_commands_of_one, max_size=20))
def test_order(commands: list[order_commands.Step]) -> None:
    repeated_adds_nothing(order.order, [creation, *commands])
