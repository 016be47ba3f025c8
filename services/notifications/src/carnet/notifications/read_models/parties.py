"""Who a notification may go to: language, postal and e-mail address."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Field, Session, SQLModel

from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.notifications.domain.notification import Language

LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)


class PartyRow(SQLModel, table=True):
    """A party as it is now; `address` is a published `Address` as JSON."""

    __tablename__ = "notifications_party"
    party_id: str = Field(primary_key=True)
    name: str = ""
    language: str = "fr"
    email: str | None = None
    address: dict[str, Any] | None = json()

    @property
    def spoken(self) -> Language:
        """The language to write in."""
        return LANGUAGE.validate_python(self.language)


def changes(heard: Heard[PartyRegistered]) -> Iterator[Change]:
    party = heard.fact
    kept = party.model_dump(mode="json", include={"name", "language", "email", "address"})
    yield Put(PartyRow, {"party_id": party.party_id}, kept)


def find(session: Session, party_id: str) -> PartyRow | None:
    """Give a party, None where it is not known yet."""
    return session.get(PartyRow, party_id)


parties = ReadModel("notifications.parties", (PartyRow,), (PartyRegistered, PartyChanged), changes)
