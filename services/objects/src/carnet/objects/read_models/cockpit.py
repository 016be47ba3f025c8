"""One portal to everything known about a node, put together from all read models (S77, S94)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from carnet.objects.read_models import contracts, history, invoice_lines, orders, tasks, tree, values
from carnet.objects.read_models.nodes import Node
from carnet.objects.read_models.parties import Party
from carnet.objects.read_models.responsibilities import responsible


@dataclass(frozen=True)
class Cockpit:
    """What is known of a node; `way` leads from the top down to it, `site` is the building that it stands in."""

    node: Node
    way: Sequence[Node]
    site: Node | None
    parties: dict[str, Party | None]  # by role: debtor, owner, manager, contact
    fields: dict[str, str]
    readings: Sequence[values.Reading]
    contracts: Sequence[contracts.CoveredObject]
    orders: Sequence[orders.Order]
    lines: Sequence[tuple[invoice_lines.InvoiceLine, invoice_lines.InvoiceFate | None]]
    tasks: Sequence[tasks.Task]
    history: Sequence[history.Entry]
    below: Sequence[tree.Branch] = field(default_factory=tuple)


def cockpit(session: Session, node_id: str, day: date) -> Cockpit | None:
    """Give all about a registered node; fields and responsibilities as they hold on `day`."""
    node = session.get(Node, node_id)
    if node is None or not node.sort:
        return None
    way = tree.path(session, node_id)
    return Cockpit(
        node=node,
        way=way,
        site=session.get(Node, node.site_id) if node.site_id else nearest_site(way),
        parties=parties(session, way, day),
        fields=fields(session, node, day),
        readings=values.readings(session, node_id),
        contracts=contracts.covering(session, node_id),
        orders=orders.of_object(session, node_id),
        lines=invoice_lines.of_object(session, node_id),
        tasks=tasks.listed(session, node_id, (), 100, pending=False),
        history=history.of_object(session, node_id),
        below=tree.children(session, node_id, (), 100),
    )


def nearest_site(way: Sequence[Node]) -> Node | None:
    return next((node for node in reversed(way) if node.sort == "site"), None)


def parties(session: Session, way: Sequence[Node], day: date) -> dict[str, Party | None]:
    """Give who pays, owns, manages and is spoken to; a node without its own has those of the node above."""
    ids = {role: each.party_id for role, each in responsible(session, [n.node_id for n in way], day).items()}
    owners = [node.debtor_id for node in way if node.debtor_id and node.sort != "object"]
    if owners:
        ids.setdefault("owner", owners[-1])
    if way[-1].debtor_id:
        ids["debtor"] = way[-1].debtor_id
    return {role: session.get(Party, party_id) for role, party_id in ids.items()}


def fields(session: Session, node: Node, day: date) -> dict[str, str]:
    """Give the extra fields as they hold on a day (S89)."""
    first = node.fields or {} if node.registered_on is None or node.registered_on <= day else {}
    known = {**first, **values.fields_on(session, node.node_id, day)}
    return {name: value for name, value in sorted(known.items()) if value}
