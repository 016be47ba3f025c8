"""The parties' numbers and names, as `objects` tells them."""

from collections.abc import Iterable

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.objects import PartyChanged, PartyRegistered
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class PartyRow(SQLModel, table=True):
    __tablename__ = "dispatch_party"
    party_id: str = Field(primary_key=True)
    number: str = ""
    name: str = ""


def changes(heard: Heard[PartyRegistered]) -> Iterable[Change]:
    yield Put(PartyRow, {"party_id": heard.fact.party_id}, {"number": heard.fact.number, "name": heard.fact.name})


MODEL = ReadModel("dispatch.parties", (PartyRow,), (PartyRegistered, PartyChanged), changes)


def names(session: Session, party_ids: Iterable[str | None]) -> dict[str, PartyRow]:
    """Give those parties that are known, by id."""
    wanted = {each for each in party_ids if each}
    rows = session.exec(select(PartyRow).where(col(PartyRow.party_id).in_(wanted)))
    return {row.party_id: row for row in rows}
