"""Notifications as they are answered."""

from datetime import date

from pydantic import BaseModel

from carnet.notifications.domain.notification import Channel, Fate, Kind
from carnet.notifications.read_models.outbox import Entry


class OutboxView(BaseModel):
    """One notification; `document` is the SHA-256 of the e-mail or the letter, once it went out."""

    notification_id: str
    kind: Kind
    channel: Channel
    state: Fate
    party_id: str
    party: str | None
    about: str
    object_ids: list[str]
    requested_on: date
    language: str
    subject: str
    paragraphs: list[str]
    enclosures: list[str]
    document: str | None
    reason: str | None


class Counts(BaseModel):
    """What went out: e-mails handed over, letters printed."""

    email: int
    letter: int


def view(entry: Entry) -> OutboxView:
    return OutboxView.model_validate({**entry.row.model_dump(), "party": entry.party})
