"""The outbox: every notification with its text, its fate and the document that went out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Index, func, tuple_
from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset
from carnet.notifications.domain.notification import (
    Event,
    Failed,
    Notification,
    Printed,
    Requested,
    RetryAsked,
    Sent,
    Skipped,
)
from carnet.notifications.read_models.parties import PartyRow


class OutboxRow(SQLModel, table=True):
    """`state` is open, sent, printed, failed or skipped; `reason` says why it failed."""

    __tablename__ = "notifications_outbox"
    __table_args__ = (
        Index("ix_notifications_outbox_newest", "requested_on", "notification_id"),
        Index("ix_notifications_outbox_state", "state", "requested_on", "notification_id"),
        Index("ix_notifications_outbox_counts", "state", "channel"),
    )
    notification_id: str = Field(primary_key=True)
    kind: str = ""
    channel: str = ""
    state: str = "open"
    party_id: str = Field(default="", index=True)
    about: str = ""
    object_ids: list[str] = json()
    requested_on: date | None = None
    language: str = ""
    subject: str = ""
    paragraphs: list[str] = json()
    enclosures: list[str] = json()
    document: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Filters:
    """Which notifications are wanted; None leaves a column open."""

    kind: str | None = None
    channel: str | None = None
    state: str | None = None
    party: str | None = None

    def conditions(self) -> list[Any]:
        wanted = (
            (OutboxRow.kind, self.kind),
            (OutboxRow.channel, self.channel),
            (OutboxRow.state, self.state),
            (OutboxRow.party_id, self.party),
        )
        return [col(column) == value for column, value in wanted if value]


@dataclass(frozen=True)
class Entry:
    """A notification and the name of the party that it is for."""

    row: OutboxRow
    party: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in `newest_first`."""
        return str(self.row.requested_on), self.row.notification_id


def changes(heard: Heard[Event]) -> Iterator[Change]:
    match heard.fact:
        case Requested(notification=notification):
            yield put(notification.notification_id, state="open", **described(notification))
        case Skipped(notification=notification):
            yield put(notification.notification_id, state="skipped", **described(notification))
        case Sent(document=document) as sent:
            yield put(sent.notification_id, state="sent", document=document, reason=None)
        case Printed(document=document) as printed:
            yield put(printed.notification_id, state="printed", document=document, reason=None)
        case Failed(reason=reason) as failed:
            yield put(failed.notification_id, state="failed", reason=reason)
        case RetryAsked() as asked:
            yield put(asked.notification_id, state="open", reason=None)


def put(notification_id: str, **values: Any) -> Put:
    return Put(OutboxRow, {"notification_id": notification_id}, values)


def described(notification: Notification) -> dict[str, Any]:
    text = notification.text
    return {
        **notification.model_dump(include={"kind", "channel", "party_id", "about", "requested_on"}),
        "object_ids": list(notification.object_ids),
        "language": text.language,
        "subject": text.subject,
        "paragraphs": list(text.paragraphs),
        "enclosures": list(text.enclosures),
    }


def newest_first(session: Session, wanted: Filters, after: tuple[Any, ...], limit: int) -> Sequence[Entry]:
    """Give notifications, the newest first, past the row whose (day, id) is `after`."""
    place = tuple_(col(OutboxRow.requested_on), col(OutboxRow.notification_id))
    query = entries().where(*wanted.conditions())
    if after:
        query = query.where(place < keyset(after, date.fromisoformat, str))
    order = (col(OutboxRow.requested_on).desc(), col(OutboxRow.notification_id).desc())
    return [Entry(*found) for found in session.exec(query.order_by(*order).limit(limit))]


def find(session: Session, notification_id: str) -> Entry | None:
    found = session.exec(entries().where(col(OutboxRow.notification_id) == notification_id)).first()
    return found and Entry(*found)


def entries() -> Any:
    joined = col(PartyRow.party_id) == col(OutboxRow.party_id)
    return select(OutboxRow, PartyRow.name).join(PartyRow, joined, isouter=True)


def counts(session: Session) -> dict[str, int]:
    """Count what went out, by channel."""
    gone = col(OutboxRow.state).in_(("sent", "printed"))
    query = select(OutboxRow.channel, func.count()).where(gone).group_by(col(OutboxRow.channel))
    return {"email": 0, "letter": 0} | dict(session.exec(query).all())


outbox = ReadModel(
    "notifications.outbox", (OutboxRow,), (Requested, Skipped, Sent, Printed, Failed, RetryAsked), changes
)


def documents(session: Session) -> list[tuple[str, str]]:
    """Give the digest of what went out, by the notification's id."""
    rows = session.exec(select(OutboxRow.notification_id, OutboxRow.document).order_by(OutboxRow.notification_id))
    return [(notification_id, document) for notification_id, document in rows if document is not None]
