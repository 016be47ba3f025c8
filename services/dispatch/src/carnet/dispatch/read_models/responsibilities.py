"""Who is contact, property manager or owner of an object or a site, from which day on, as `objects` tells it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.read_models.nodes import NodeRow, upwards
from carnet.events.objects import ResponsibilityAssigned
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

TO_PAY: Sequence[str] = ("owner",)
TO_CALL: Sequence[str] = ("contact", "manager")
Holders: TypeAlias = dict[tuple[str, str], str]  # party ids by node and role


class ResponsibilityRow(SQLModel, table=True):
    __tablename__ = "dispatch_responsibility"
    node_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    party_id: str = ""


def changes(heard: Heard[ResponsibilityAssigned]) -> Iterable[Change]:
    fact = heard.fact
    key = {"node_id": fact.node_id, "role": fact.role, "valid_from": fact.valid_from or date.min}
    yield Put(ResponsibilityRow, key, {"party_id": fact.party_id})


MODEL = ReadModel("dispatch.responsibilities", (ResponsibilityRow,), (ResponsibilityAssigned,), changes)


@dataclass(frozen=True)
class Parties:
    """Who pays for work on an object and whom to talk to; nobody for an object of our own (S2)."""

    internal: bool = False
    debtor_id: str | None = None
    contact_id: str | None = None


def parties_of(session: Session, object_id: str, day: date) -> Parties | None:
    """Give the parties of an object on a day; None for an unknown object."""
    way = list(upwards(session, object_id))
    if not way or not way[0].known:
        return None
    if way[0].internal:
        return Parties(internal=True)
    holders = holders_on(session, [node.node_id for node in way], day)
    return Parties(debtor_id=debtor_of(way, holders), contact_id=contact_of(way, holders))


def debtor_of(way: Sequence[NodeRow], holders: Holders) -> str | None:
    """Give who pays for work on an object: the nearest debtor above it, else the nearest owner."""
    return next((node.debtor_id for node in way if node.debtor_id), None) or nearest(way, TO_PAY, holders)


def contact_of(way: Sequence[NodeRow], holders: Holders) -> str | None:
    """Give whom to talk to about an object: the nearest contact, else property manager, above it."""
    return nearest(way, TO_CALL, holders)


def nearest(way: Sequence[NodeRow], roles: Sequence[str], holders: Holders) -> str | None:
    held = (holders.get((node.node_id, role)) for node in way for role in roles)
    return next((party_id for party_id in held if party_id), None)


def holders_on(session: Session, node_ids: Sequence[str], day: date) -> Holders:
    """Give the party that has each role of some nodes on a day: the one assigned last before it."""
    query = select(ResponsibilityRow).where(
        col(ResponsibilityRow.node_id).in_(node_ids), col(ResponsibilityRow.valid_from) <= day
    )
    rows = session.exec(query.order_by(col(ResponsibilityRow.valid_from)))
    return {(row.node_id, row.role): row.party_id for row in rows}
