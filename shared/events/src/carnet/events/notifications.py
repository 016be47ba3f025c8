"""What `notifications` publishes: that something was to be told, and its fate."""

from datetime import date
from typing import ClassVar, Literal

from carnet.events.fact import Fact, Id

Channel = Literal["email", "letter"]
NotificationKind = Literal["service_due", "appointment", "document", "reminder"]


class NotificationRequested(Fact):
    """A party is to be told something."""

    TYPE: ClassVar[str] = "carnet.notifications.NotificationRequested.v1"
    notification_id: Id
    kind: NotificationKind
    channel: Channel
    party_id: str
    about: str  # the occurrence, order, invoice or reminder
    object_ids: tuple[str, ...] = ()
    requested_on: date


class NotificationSent(Fact):
    """The e-mail was handed to the mail server."""

    TYPE: ClassVar[str] = "carnet.notifications.NotificationSent.v1"
    notification_id: Id
    party_id: str
    object_ids: tuple[str, ...] = ()


class NotificationFailed(Fact):
    """The e-mail will not arrive; somebody has to look."""

    TYPE: ClassVar[str] = "carnet.notifications.NotificationFailed.v1"
    notification_id: Id
    party_id: str
    object_ids: tuple[str, ...] = ()
    reason: str


class LetterPrinted(Fact):
    """The letter exists as a PDF, by its SHA-256 in the documents."""

    TYPE: ClassVar[str] = "carnet.notifications.LetterPrinted.v1"
    notification_id: Id
    party_id: str
    object_ids: tuple[str, ...] = ()
    document: str
