"""A party is told something once, by e-mail or by letter, and we know whether it went out.

A notification never carries the name or the e-mail address of a person: it names the party, and the address is
looked up when it goes out (promise 18).
"""

from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias, assert_never

from pydantic import BaseModel

from carnet.kernel.decider import Decider, Rejected

Kind: TypeAlias = Literal["service_due", "appointment", "document", "reminder"]
Channel: TypeAlias = Literal["email", "letter"]
Language: TypeAlias = Literal["fr", "de", "en"]
Fate: TypeAlias = Literal["open", "sent", "printed", "failed", "skipped"]

TOO_OLD: Final = timedelta(days=7)


class Text(BaseModel, frozen=True):
    """What a party reads, in its language; `enclosures` are named at the foot of a letter."""

    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    enclosures: tuple[str, ...] = ()
    reference: str | None = None


class Notification(BaseModel, frozen=True):
    """Who is told what; `about` is the occurrence, order, document or reminder."""

    notification_id: str
    kind: Kind
    channel: Channel
    party_id: str
    about: str
    object_ids: tuple[str, ...] = ()
    requested_on: date
    text: Text


class Requested(BaseModel, frozen=True):
    type: Literal["notification-requested.v1"] = "notification-requested.v1"
    notification: Notification


class Skipped(BaseModel, frozen=True):
    """Its cause was recorded more than seven days before we heard of it: nobody is told."""

    type: Literal["notification-skipped.v1"] = "notification-skipped.v1"
    notification: Notification
    caused_at: datetime


class Sent(BaseModel, frozen=True):
    """The e-mail was handed over; `document` is the SHA-256 of the message as it went out."""

    type: Literal["notification-sent.v1"] = "notification-sent.v1"
    notification_id: str
    party_id: str
    object_ids: tuple[str, ...] = ()
    document: str


class Printed(BaseModel, frozen=True):
    """The letter exists; `document` is the SHA-256 of its PDF."""

    type: Literal["letter-printed.v1"] = "letter-printed.v1"
    notification_id: str
    party_id: str
    object_ids: tuple[str, ...] = ()
    document: str


class Failed(BaseModel, frozen=True):
    type: Literal["notification-failed.v1"] = "notification-failed.v1"
    notification_id: str
    party_id: str
    object_ids: tuple[str, ...] = ()
    reason: str


class RetryAsked(BaseModel, frozen=True):
    type: Literal["notification-retry-asked.v1"] = "notification-retry-asked.v1"
    notification_id: str


class Request(BaseModel, frozen=True):
    """`caused_at` is when the cause was recorded, `now` when we heard of it; both are instants in UTC."""

    notification: Notification
    caused_at: datetime
    now: datetime


class MarkSent(BaseModel, frozen=True):
    document: str


class RecordPrinted(BaseModel, frozen=True):
    document: str


class MarkFailed(BaseModel, frozen=True):
    reason: str


class Retry(BaseModel, frozen=True):
    """Someone put right what was wrong; try once more."""


Event: TypeAlias = Requested | Skipped | Sent | Printed | Failed | RetryAsked
Command: TypeAlias = Request | MarkSent | RecordPrinted | MarkFailed | Retry


class Known(BaseModel, frozen=True):
    notification: Notification
    fate: Fate


State: TypeAlias = Known | None


def request(command: Request, state: State) -> list[Event]:
    """Old news is recorded and told to nobody (promise 12)."""
    if state is not None:
        return []
    if command.now - command.caused_at > TOO_OLD:
        return [Skipped(notification=command.notification, caused_at=command.caused_at)]
    return [Requested(notification=command.notification)]


def conclude(state: Known, fate: Fate, event: Event) -> list[Event]:
    if state.fate == fate:
        return []
    if state.fate != "open":
        raise Rejected("This notification is done with; ask for a retry first.")
    return [event]


def retry(state: Known) -> list[Event]:
    if state.fate == "open":
        return []
    if state.fate != "failed":
        raise Rejected("Only a notification that failed is tried again.")
    return [RetryAsked(notification_id=state.notification.notification_id)]


def follow_up(command: MarkSent | RecordPrinted | MarkFailed | Retry, state: Known) -> list[Event]:
    whose = state.notification.model_dump(include={"notification_id", "party_id", "object_ids"})
    match command:
        case MarkSent(document=document):
            return conclude(state, "sent", Sent(**whose, document=document))
        case RecordPrinted(document=document):
            return conclude(state, "printed", Printed(**whose, document=document))
        case MarkFailed(reason=reason):
            return conclude(state, "failed", Failed(**whose, reason=reason))
        case Retry():
            return retry(state)
        case _:
            assert_never(command)


def decide(command: Command, state: State) -> list[Event]:
    if isinstance(command, Request):
        return request(command, state)
    if state is None:
        raise Rejected("Request the notification first.")
    return follow_up(command, state)


def evolve(state: State, event: Event) -> State:
    match event:
        case Requested(notification=notification):
            return Known(notification=notification, fate="open")
        case Skipped(notification=notification):
            return Known(notification=notification, fate="skipped")
        case Sent():
            return now_is(state, "sent")
        case Printed():
            return now_is(state, "printed")
        case Failed():
            return now_is(state, "failed")
        case RetryAsked():
            return now_is(state, "open")
        case _:
            assert_never(event)


def now_is(state: State, fate: Fate) -> State:
    return state and state.model_copy(update={"fate": fate})


notification = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
