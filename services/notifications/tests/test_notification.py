"""A party is told something once, and its fate is recorded once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.notifications.domain.notification import (
    Command,
    Event,
    Failed,
    MarkFailed,
    MarkSent,
    Notification,
    Printed,
    RecordPrinted,
    Request,
    Requested,
    Retry,
    RetryAsked,
    Sent,
    Skipped,
    State,
    Text,
    notification,
)

NEWS = Notification(
    notification_id="n-1",
    kind="appointment",
    channel="email",
    party_id="k-1",
    about="order-7",
    object_ids=("lift-a",),
    requested_on=date(2026, 4, 2),
    text=Text(language="fr", subject="Rendez-vous", paragraphs=("Madame, Monsieur,", "À mardi.")),
)
NOON = datetime(2026, 4, 2, 12, tzinfo=UTC)
WHOSE = {"notification_id": "n-1", "party_id": "k-1", "object_ids": ("lift-a",)}
REQUESTED = Requested(notification=NEWS)
SENT, PRINTED = Sent(**WHOSE, document="d1"), Printed(**WHOSE, document="d2")
FAILED = Failed(**WHOSE, reason="The mail server cannot be reached.")
RETRIED = RetryAsked(notification_id="n-1")
given_ = Given[Command, State, Event](notification)


def request(age: timedelta = timedelta()) -> Request:
    return Request(notification=NEWS, caused_at=NOON - age, now=NOON)


def test_what_happens_now_is_requested_once() -> None:
    assert given_().when(request()) == [REQUESTED]
    assert given_(REQUESTED).when(request()) == []
    assert given_(REQUESTED, SENT).when(request(timedelta(days=30))) == []


def test_seven_days_are_news_and_more_are_recorded_as_skipped() -> None:
    assert given_().when(request(timedelta(days=7))) == [REQUESTED]
    old = request(timedelta(days=7, seconds=1))
    skipped = Skipped(notification=NEWS, caused_at=old.caused_at)
    assert given_().when(old) == [skipped]
    assert given_(skipped).when(request()) == []


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (MarkSent(document="d1"), SENT),
        (RecordPrinted(document="d2"), PRINTED),
        (MarkFailed(reason="The mail server cannot be reached."), FAILED),
    ],
)
def test_its_fate_is_recorded_once(command: Command, event: Event) -> None:
    assert given_(REQUESTED).when(command) == [event]
    assert given_(REQUESTED, event).when(command) == []


def test_what_was_sent_does_not_fail_later() -> None:
    given_(REQUESTED, SENT).refuses(MarkFailed(reason="late"), "done with")
    given_(REQUESTED, FAILED).refuses(MarkSent(document="d1"), "ask for a retry first")


def test_only_what_failed_is_tried_again() -> None:
    assert given_(REQUESTED, FAILED).when(Retry()) == [RETRIED]
    assert given_(REQUESTED, FAILED, RETRIED).when(Retry()) == []
    assert given_(REQUESTED, FAILED, RETRIED).when(MarkSent(document="d1")) == [SENT]
    for done in (SENT, PRINTED):
        given_(REQUESTED, done).refuses(Retry(), "Only a notification that failed")
    given_(Skipped(notification=NEWS, caused_at=NOON)).refuses(Retry(), "Only a notification that failed")


def test_a_notification_is_requested_before_anything_else() -> None:
    given_().refuses(MarkSent(document="d1"), "Request the notification first")
    given_().refuses(Retry(), "Request the notification first")


commands = st.one_of(
    st.builds(request, st.timedeltas(timedelta(), timedelta(days=14))),
    st.builds(MarkSent, document=st.sampled_from(["d1", "d2"])),
    st.builds(RecordPrinted, document=st.sampled_from(["d1", "d2"])),
    st.builds(MarkFailed, reason=st.sampled_from(["gone", "down"])),
    st.just(Retry()),
)


@given(st.lists(commands, max_size=12))
def test_any_command_repeated_adds_nothing(played: list[Command]) -> None:
    repeated_adds_nothing(notification, played)
