"""Parties as `objects` tells them: whom a document is addressed to, and in which language."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, or_, select, tuple_

from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset


class PartyRow(SQLModel, table=True):
    """`address` is the structured address as JSON, None where none is known."""

    __tablename__ = "invoicing_party"
    party_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    name: str = ""
    language: str = "fr"
    address: dict[str, Any] | None = json()


def changes(heard: Heard[PartyRegistered | PartyChanged]) -> Iterable[Change]:
    fact = heard.fact
    address = fact.address.model_dump() if fact.address else None
    told = fact.model_dump(include={"number", "name", "language"})
    yield Put(PartyRow, {"party_id": fact.party_id}, {**told, "address": address})


MODEL = ReadModel("invoicing.parties", (PartyRow,), (PartyRegistered, PartyChanged), changes)


def one(session: Session, party_id: str) -> PartyRow | None:
    return session.get(PartyRow, party_id)


def numbered(session: Session, number: str) -> PartyRow | None:
    """Give the party of a number, the first one registered where two have it."""
    return session.exec(select(PartyRow).where(PartyRow.number == number).order_by(col(PartyRow.party_id))).first()


def listed(session: Session, words: str, after: Sequence[str | int | None], limit: int) -> Sequence[PartyRow]:
    """Give the parties whose number or name has the words in it, by number."""
    query = select(PartyRow).where(PartyRow.name != "")
    if words:
        has = (col(each).icontains(words, autoescape=True) for each in (PartyRow.number, PartyRow.name))
        query = query.where(or_(*has))
    if after:
        query = query.where(tuple_(PartyRow.number, PartyRow.party_id) > keyset(tuple(after), str, str))
    return session.exec(query.order_by(col(PartyRow.number), col(PartyRow.party_id)).limit(limit)).all()


def sort_key(row: PartyRow) -> tuple[str, str]:
    return row.number, row.party_id


def names(session: Session, party_ids: Iterable[str]) -> dict[str, str]:
    """Give the names of those parties that are known, by id."""
    rows = session.exec(select(PartyRow).where(col(PartyRow.party_id).in_(set(party_ids))))
    return {row.party_id: row.name for row in rows}
