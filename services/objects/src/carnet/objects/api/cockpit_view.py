"""The cockpit as it is answered: all that is known of a node, in one body (S77 to S94)."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import Unknown
from carnet.objects.read_models.cockpit import Cockpit, cockpit
from carnet.objects.read_models.invoice_lines import InvoiceFate, InvoiceLine
from carnet.objects.read_models.tree import Branch


class Named(BaseModel):
    id: str
    number: str
    name: str


class CockpitView(BaseModel):
    """`way` leads from the top to the node; `parties` by role; `invoice_lines` with their documents' fate."""

    id: str
    sort: str
    number: str
    name: str
    kind: str
    on: date
    master: dict[str, Any]
    way: list[Named]
    site: dict[str, Any] | None
    parties: dict[str, dict[str, Any]]
    fields: dict[str, str]
    readings: list[dict[str, Any]]
    contracts: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    invoice_lines: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    history: list["HistoryEntry"]
    below: list[Branch]


class HistoryEntry(BaseModel):
    what: str
    day: date | None
    at: datetime | None
    facts: dict[str, Any] | None


MASTER = {
    "category",
    "serial_number",
    "value",
    "internal",
    "origin",
    "registered_on",
    "retired_on",
    "retired_because",
    "address",
    "zone",
    "canton",
}
SITE = {"number", "name", "address", "zone", "canton"}
PARTY = {"number", "name", "natural_person", "language", "address", "email", "telephone"}


async def view_of(runtime: Runtime, node_id: str, on: date | None) -> CockpitView:
    """Look a node up as it holds on a day (default: today); raises Unknown."""
    day = on or runtime.today()
    known = await runtime.query(lambda session: cockpit(session, node_id, day))
    if known is None:
        raise Unknown("The node {id}", id=node_id)
    return view(known, day)


def view(known: Cockpit, day: date) -> CockpitView:
    node, site = known.node, known.site
    return CockpitView(
        id=node.node_id,
        sort=node.sort,
        number=node.number,
        name=node.name,
        kind=node.kind,
        on=day,
        master=node.model_dump(include=MASTER),
        way=[Named(id=each.node_id, number=each.number, name=each.name) for each in known.way],
        site={"id": site.node_id, **site.model_dump(include=SITE)} if site else None,
        parties={
            role: {"id": party.party_id, **party.model_dump(include=PARTY)}
            for role, party in known.parties.items()
            if party
        },
        fields=known.fields,
        readings=[each.model_dump(exclude={"object_id"}) for each in known.readings],
        contracts=[each.model_dump(exclude={"object_id"}) for each in known.contracts],
        orders=[each.model_dump(exclude={"object_id"}) for each in known.orders],
        invoice_lines=[line_view(line, fate) for line, fate in known.lines],
        tasks=[each.model_dump(exclude={"object_id", "revision"}) for each in known.tasks],
        history=[
            HistoryEntry.model_validate({**each.model_dump(), "facts": each.facts or {}}) for each in known.history
        ],
        below=list(known.below),
    )


def line_view(line: InvoiceLine, fate: InvoiceFate | None) -> dict[str, Any]:
    became = fate or InvoiceFate(invoice_id=line.document_id)
    return {**line.model_dump(exclude={"object_id"}), "voided_on": became.voided_on, "settled_on": became.settled_on}
