from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from carnet.contracts.domain.promise import (
    Command,
    End,
    Event,
    Pause,
    Promise,
    ReactionEnded,
    ReactionPaused,
    ReactionPromised,
    ReactionResumed,
    ReactionWithdrawn,
    Resume,
    Withdraw,
    reaction,
)
from carnet.contracts.domain.reaction_time import ReactionTime
from carnet.contracts.domain.service_calendar import ServiceCalendar
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(reaction)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Zurich")).astimezone(UTC)


def four_hours(calendar: ServiceCalendar, reported: str) -> Promise:
    time = ReactionTime(reported_at=local(reported), within_minutes=240, escalate_before_minutes=60, calendar=calendar)
    return Promise(order_id="O", object_id="lift", contract_id="C-1", priority="fault", time=time)


@pytest.fixture
def over_easter(office: ServiceCalendar) -> Promise:
    return four_hours(office, "2026-04-02T16:45")


@pytest.fixture
def promised(over_easter: Promise) -> ReactionPromised:
    return ReactionPromised(
        promise=over_easter, due_at=local("2026-04-07T10:45"), escalate_at=local("2026-04-07T09:45")
    )


@pytest.fixture
def in_may(office: ServiceCalendar) -> ReactionPromised:
    return ReactionPromised(
        promise=four_hours(office, "2026-05-04T14:00"),
        due_at=local("2026-05-05T08:00"),
        escalate_at=local("2026-05-04T17:00"),
    )


paused = ReactionPaused(order_id="O", paused_at=local("2026-05-04T15:00"))
RESUMED_AT = local("2026-05-04T17:00")


@pytest.fixture
def resumed(in_may: ReactionPromised) -> ReactionResumed:
    return ReactionResumed(
        promise=in_may.promise,
        resumed_at=RESUMED_AT,
        due_at=local("2026-05-05T10:00"),
        escalate_at=local("2026-05-05T09:00"),
    )


def ended(at: str, minutes_used: int, *, kept: bool) -> ReactionEnded:
    return ReactionEnded(order_id="O", arrived_at=local(at), kept=kept, minutes_used=minutes_used)


def test_a_promise_over_easter_is_due_on_tuesday(over_easter: Promise, promised: ReactionPromised) -> None:
    assert given().when(over_easter) == [promised]


def test_r7_a_promise_once_given_stands(promised: ReactionPromised, round_the_clock: ServiceCalendar) -> None:
    assert given(promised).when(promised.promise) == []
    assert given(promised).when(four_hours(round_the_clock, "2026-04-02T16:45")) == []


def test_r7_an_arrival_on_tuesday_at_08_20_used_95_minutes_and_keeps_it(promised: ReactionPromised) -> None:
    arrival = End(at=local("2026-04-07T08:20"))
    event = ended("2026-04-07T08:20", 95, kept=True)
    assert given(promised).when(arrival) == [event]
    assert given(promised, event).when(arrival) == []


@pytest.mark.parametrize(
    ("at", "minutes_used", "kept"), [("2026-04-07T10:45", 240, True), ("2026-04-07T10:46", 241, False)]
)
def test_the_last_minute_counts(promised: ReactionPromised, at: str, minutes_used: int, kept: bool) -> None:
    assert given(promised).when(End(at=local(at))) == [ended(at, minutes_used, kept=kept)]


def test_due_at_closing_is_missed_in_the_evening(office: ServiceCalendar) -> None:
    closing = given().when(four_hours(office, "2026-05-04T13:30"))
    assert given(*closing).when(End(at=local("2026-05-04T20:00"))) == [ended("2026-05-04T20:00", 240, kept=False)]


def test_a_pause_moves_due_date_and_escalation(in_may: ReactionPromised, resumed: ReactionResumed) -> None:
    assert given().when(in_may.promise) == [in_may]
    assert given(in_may).when(Pause(at=paused.paused_at)) == [paused]
    assert given(in_may, paused).when(Resume(at=RESUMED_AT)) == [resumed]


def test_a_pause_and_its_end_repeated_change_nothing(in_may: ReactionPromised, resumed: ReactionResumed) -> None:
    pause, resume = Pause(at=paused.paused_at), Resume(at=RESUMED_AT)
    assert given(in_may, paused).when(pause) == []
    assert given(in_may, paused, resumed).when(resume) == []
    assert given(in_may, paused, resumed).when(pause) == []


def test_an_arrival_during_a_pause_ends_it(in_may: ReactionPromised) -> None:
    assert given(in_may, paused).when(End(at=local("2026-05-05T09:30"))) == [ended("2026-05-05T09:30", 60, kept=True)]


def test_an_arrival_before_the_pause_counts_up_to_the_arrival(in_may: ReactionPromised) -> None:
    assert given(in_may, paused).when(End(at=local("2026-05-04T14:30"))) == [ended("2026-05-04T14:30", 30, kept=True)]


def test_who_was_there_before_the_report_was_written_kept_it(in_may: ReactionPromised) -> None:
    assert given(in_may).when(End(at=local("2026-05-04T13:59"))) == [ended("2026-05-04T13:59", 0, kept=True)]


def test_a_cancelled_order_withdraws_its_promise(promised: ReactionPromised) -> None:
    withdrawn = ReactionWithdrawn(order_id="O")
    assert given(promised).when(Withdraw()) == [withdrawn]
    assert given(promised, withdrawn).when(Withdraw()) == []
    assert given(promised, withdrawn).when(End(at=local("2026-04-07T08:20"))) == []


@pytest.mark.parametrize(
    ("command", "because"),
    [
        (Pause(at=local("2026-05-04T13:59")), "after the report"),
        (Resume(at=local("2026-05-04T15:00")), "pause it before"),
    ],
)
def test_what_makes_no_sense_while_running_is_refused(in_may: ReactionPromised, command: Command, because: str) -> None:
    given(in_may).refuses(command, because=because)


def test_a_pause_is_one_stretch_of_time(in_may: ReactionPromised, resumed: ReactionResumed) -> None:
    given(in_may, paused).refuses(Pause(at=local("2026-05-04T15:30")), because="paused already")
    given(in_may, paused).refuses(Resume(at=paused.paused_at), because="after it begins")
    given(in_may, paused, resumed).refuses(Pause(at=local("2026-05-04T16:00")), because="later time")


def test_nothing_runs_without_a_promise() -> None:
    for command in (Pause(at=paused.paused_at), Resume(at=paused.paused_at), End(at=paused.paused_at), Withdraw()):
        given().refuses(command, because="No reaction time was promised")


def test_an_escalation_comes_after_the_report(over_easter: Promise) -> None:
    with pytest.raises(ValidationError, match="shorter than"):
        ReactionTime(**(dict(over_easter.time) | {"escalate_before_minutes": 240}))


def test_stored_events_come_back_as_they_were(promised: ReactionPromised, resumed: ReactionResumed) -> None:
    events: list[Event] = [promised, paused, resumed, ended("2026-05-05T09:30", 60, kept=True)]
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert [adapter.validate_json(event.model_dump_json()) for event in events] == events


weekdays = ServiceCalendar(
    zone="Europe/Zurich",
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("07:30-12:00", "13:00-17:30")),
)
times = st.integers(0, 5000).map(lambda minutes: local("2026-05-04T13:00") + timedelta(minutes=minutes))
commands: st.SearchStrategy[Command] = st.one_of(
    st.just(four_hours(weekdays, "2026-05-04T14:00")),
    st.builds(Pause, at=times),
    st.builds(Resume, at=times),
    st.builds(End, at=times),
    st.builds(Withdraw),
)


@for_all(st.lists(commands, max_size=8))
def test_any_command_repeated_adds_nothing(sent: list[Command]) -> None:
    history: list[Event] = given().when(four_hours(weekdays, "2026-05-04T14:00"))
    for command in sent:
        history += accepted(command, history)
        assert accepted(command, history) == []


def accepted(command: Command, history: list[Event]) -> list[Event]:
    try:
        return given(*history).when(command)
    except Rejected:
        return []
