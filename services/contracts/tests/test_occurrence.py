from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.contracts.domain.occurrence import (
    Command,
    Complete,
    Event,
    Excuse,
    ObligationExcused,
    Raise,
    ServiceDone,
    ServiceDue,
    ServiceSkipped,
    Skip,
    occurrence,
)
from carnet.contracts.domain.timetable import Key
from carnet.contracts.domain.visits import Visit
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(occurrence)
visit = Visit(
    occurrence_id="O",
    contract_id="C-2",
    version=1,
    kind="subscription",
    key=Key("1", "half-yearly", 1),
    object_id="dumb waiter",
    debtor_id="K3",
    contact_id="K3",
    service="service",
    due_on=date(2026, 9, 9),
    prepare_on=date(2026, 8, 19),
    tolerance_days=10,
    persons=1,
    skills=(),
    equipment=(),
)
TODAY = date(2026, 9, 14)
ids = {"occurrence_id": "O", "contract_id": "C-2", "object_id": "dumb waiter"}
due = ServiceDue(visit=visit, raised_on=date(2026, 8, 19))
done = ServiceDone(**ids, order_id="order", done_on=date(2026, 9, 14))
skipped = ServiceSkipped(**ids, reason="declined by phone", skipped_on=TODAY)
excused = ObligationExcused(**ids, reason="position removed", excused_on=TODAY)
complete = Complete(order_id="order", done_on=date(2026, 9, 14))


def test_a_service_falls_due_once() -> None:
    assert given().when(Raise(visit=visit, raised_on=date(2026, 8, 19))) == [due]
    assert given(due).when(Raise(visit=visit, raised_on=date(2026, 8, 19))) == []
    assert given(due, done).when(Raise(visit=visit, raised_on=date(2026, 8, 19))) == []


def test_a_due_service_is_done_by_its_order() -> None:
    assert given(due).when(complete) == [done]
    assert given(due, done).when(complete) == []


def test_a_corrected_day_replaces_the_first() -> None:
    corrected = Complete(order_id="order", done_on=date(2026, 9, 15))
    assert given(due, done).when(corrected) == [done.model_copy(update={"done_on": date(2026, 9, 15)})]


def test_a_declined_subscription_is_skipped_with_its_reason() -> None:
    assert given(due).when(Skip(reason="declined by phone", skipped_on=TODAY)) == [skipped]
    assert given(due, skipped).when(Skip(reason="declined by phone", skipped_on=TODAY)) == []


def test_an_obligation_is_excused_once() -> None:
    assert given(due).when(Excuse(reason="position removed", excused_on=TODAY)) == [excused]
    assert given(due, excused).when(Excuse(reason="position removed", excused_on=TODAY)) == []
    assert given(due, skipped).when(Excuse(reason="position removed", excused_on=TODAY)) == []


def test_work_counts_although_the_service_was_skipped_before() -> None:
    assert given(due, skipped).when(complete) == [done]


def test_what_is_done_is_neither_skipped_nor_excused() -> None:
    given(due, done).refuses(Skip(reason="late", skipped_on=TODAY), because="is done")
    given(due, done).refuses(Excuse(reason="late", excused_on=TODAY), because="is done")


def test_a_service_is_due_before_anything_becomes_of_it() -> None:
    for command in (complete, Skip(reason="no", skipped_on=TODAY), Excuse(reason="no", excused_on=TODAY)):
        given().refuses(command, because="not due yet")


def test_stored_events_come_back_as_they_were() -> None:
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert [adapter.validate_json(e.model_dump_json()) for e in (due, done, skipped, excused)] == [
        due,
        done,
        skipped,
        excused,
    ]


commands: list[Command] = [
    Raise(visit=visit, raised_on=date(2026, 8, 19)),
    complete,
    Skip(reason="no", skipped_on=TODAY),
    Excuse(reason="no", excused_on=TODAY),
]


@for_all(st.lists(st.sampled_from(commands)))
def test_any_command_repeated_adds_nothing(sent: list[Command]) -> None:
    history: list[Event] = []
    for command in sent:
        history += accepted(command, history)
        assert accepted(command, history) == []


def accepted(command: Command, history: list[Event]) -> list[Event]:
    try:
        return given(*history).when(command)
    except Rejected:
        return []
