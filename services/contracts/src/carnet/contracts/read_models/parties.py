"""Parties as `objects` tells them: what a debtor is called, and which party has a customer number."""

from collections.abc import Iterable, Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class PartyRow(SQLModel, table=True):
    __tablename__ = "contracts_party"
    party_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    name: str = ""


def changes(heard: Heard[PartyRegistered | PartyChanged]) -> Iterable[Change]:
    fact = heard.fact
    yield Put(PartyRow, {"party_id": fact.party_id}, {"number": fact.number, "name": fact.name})


MODEL = ReadModel("contracts.parties", (PartyRow,), (PartyRegistered, PartyChanged), changes)


def by_number(session: Session, number: str) -> str | None:
    """Give the id of the party of a customer number."""
    return session.exec(select(PartyRow.party_id).where(PartyRow.number == number)).first()


def matching(session: Session, words: str, limit: int = 10) -> Sequence[PartyRow]:
    """Give the party of this number or id, else those whose number or name has these words in it, by number."""
    exact = select(PartyRow).where((PartyRow.number == words) | (PartyRow.party_id == words))
    if found := session.exec(exact).all():
        return found
    number, name = (col(each).icontains(words, autoescape=True) for each in (PartyRow.number, PartyRow.name))
    return session.exec(select(PartyRow).where(number | name).order_by(col(PartyRow.number)).limit(limit)).all()


def names(session: Session, party_ids: Iterable[str]) -> dict[str, PartyRow]:
    """Give those parties that are known, by id."""
    rows = session.exec(select(PartyRow).where(col(PartyRow.party_id).in_(set(party_ids))))
    return {row.party_id: row for row in rows}
