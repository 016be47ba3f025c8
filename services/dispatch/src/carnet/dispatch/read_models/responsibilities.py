"""Who is contact, property manager or owner of an object or a site, from which day on, as `objects` tells it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.read_models import nodes
from carnet.dispatch.read_models.nodes import upwards
from carnet.events.objects import ResponsibilityAssigned
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

TO_PAY: Sequence[str] = ("owner",)
TO_CALL: Sequence[str] = ("contact", "manager")


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
    node = nodes.names(session, [object_id]).get(object_id)
    if node is None:
        return None
    if node.internal:
        return Parties(internal=True)
    return Parties(debtor_id=debtor_of(session, object_id, day), contact_id=contact_of(session, object_id, day))


def debtor_of(session: Session, node_id: str, day: date) -> str | None:
    """Give who pays for work on an object on a day: the nearest debtor above it, else the nearest owner."""
    stated = (node.debtor_id for node in upwards(session, node_id) if node.debtor_id)
    return next(stated, None) or nearest(session, node_id, TO_PAY, day)


def contact_of(session: Session, node_id: str, day: date) -> str | None:
    """Give whom to talk to about an object on a day: the nearest contact, else property manager, above it."""
    return nearest(session, node_id, TO_CALL, day)


def nearest(session: Session, node_id: str, roles: Sequence[str], day: date) -> str | None:
    for node in upwards(session, node_id):
        for role in roles:
            if party_id := holder(session, node.node_id, role, day):
                return party_id
    return None


def holder(session: Session, node_id: str, role: str, day: date) -> str | None:
    """Give the party that has a role on a day: the one assigned last before it."""
    statement = select(ResponsibilityRow.party_id).where(
        ResponsibilityRow.node_id == node_id, ResponsibilityRow.role == role, col(ResponsibilityRow.valid_from) <= day
    )
    return session.exec(statement.order_by(col(ResponsibilityRow.valid_from).desc()).limit(1)).first()
