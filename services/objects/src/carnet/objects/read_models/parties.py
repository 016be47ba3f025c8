"""The parties as they are now."""

from collections.abc import Iterator
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import Key, keyset
from carnet.objects.domain.party import PartyChanged, PartyRegistered
from carnet.objects.read_models.folding import fold, folded


class Party(SQLModel, table=True):
    __tablename__ = "objects_party"
    party_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    name: str = ""
    natural_person: bool = False
    language: str = "fr"
    address: dict[str, Any] | None = json()
    email: str | None = None
    telephone: str | None = None
    text: str = ""
    revision: int = -1


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case PartyRegistered() | PartyChanged() as fact:
            text = folded(fact.number, fact.particulars.name)
            same = {"number": fact.number, **fact.particulars.model_dump(), "text": text}
            yield Put(Party, {"party_id": fact.party_id}, {**same, "revision": heard.notice.revision})


def listed(session: Session, q: str, after: Key, limit: int) -> list[Party]:
    """Give the parties whose number or name has each word of `q`, by number; `after` is the last one's number."""
    query = select(Party).order_by(col(Party.number)).limit(limit)
    for word in fold(q).split():
        query = query.where(col(Party.text).contains(word, autoescape=True))
    if after:
        query = query.where(col(Party.number) > keyset(after, str)[0])
    return list(session.exec(query))


PARTIES: Final = ReadModel("objects.parties", (Party,), (PartyRegistered, PartyChanged), changes)
