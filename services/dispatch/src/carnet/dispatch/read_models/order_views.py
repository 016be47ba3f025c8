"""Orders with the names that belong to them, as lists and pages show them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel
from sqlmodel import Session

from carnet.dispatch.read_models import agenda, equipment, nodes, orders, parties, reports, technicians
from carnet.dispatch.read_models.orders import OrderRow
from carnet.dispatch.read_models.reports import ReportRow

AT_ONCE: Final = 1_000  # orders


class Named(BaseModel):
    """Something by its id; number and name are empty until they are known here."""

    id: str
    number: str = ""
    name: str = ""


class OrderView(BaseModel):
    """An order in a list. `conflict`: an absence came over its plan, so it is to be planned anew."""

    order_id: str
    number: str
    order_type: str
    status: str
    object: Named
    debtor: Named | None
    contact: Named | None
    contract_id: str | None
    occurrence_id: str | None
    description: str
    priority: str
    customer_order_number: str | None
    reported_at: datetime | None
    created_on: date
    due_on: date | None
    needs: dict[str, Any]
    starts_at: datetime | None
    ends_at: datetime | None
    technicians: list[Named]
    equipment: list[Named]
    agreed_on: date | None
    arrived_at: datetime | None
    completed_on: date | None
    approved_on: date | None
    cancelled_on: date | None
    cancelled_by: str | None
    reason: str | None
    conflict: bool


class ItemView(BaseModel):
    kind: str
    quantity: Decimal
    article: str | None = None
    text: str = ""
    warranty: bool = False


class ReportView(BaseModel):
    report_id: str
    technician: Named
    service_date: date
    items: list[ItemView]
    note: str
    corrected: bool


class OrderDetail(OrderView):
    reports: list[ReportView]


class Names:
    """The names around some orders, each looked up once."""

    def __init__(self, session: Session, rows: Sequence[OrderRow]) -> None:
        ids = [row.order_id for row in rows]
        self.nodes = nodes.names(session, [row.object_id for row in rows])
        self.parties = parties.names(session, [each for row in rows for each in (row.debtor_id, row.contact_id)])
        self.technicians = {row.technician_id: row for row in technicians.everyone(session)}
        self.equipment = {row.equipment_id: row for row in equipment.everything(session)}
        self.assigned = orders.technicians_of(session, ids)
        self.conflicts = agenda.in_conflict(session, ids)

    def object(self, node_id: str) -> Named:
        return named(node_id, self.nodes.get(node_id))

    def party(self, party_id: str | None) -> Named | None:
        return named(party_id, self.parties.get(party_id)) if party_id else None

    def technician(self, technician_id: str) -> Named:
        return named(technician_id, self.technicians.get(technician_id))

    def view(self, row: OrderRow) -> OrderView:
        return OrderView(
            **row.model_dump(exclude={"equipment_ids"}),
            object=self.object(row.object_id),
            debtor=self.party(row.debtor_id),
            contact=self.party(row.contact_id),
            technicians=[self.technician(each) for each in self.assigned.get(row.order_id, [])],
            equipment=[named(each, self.equipment.get(each)) for each in row.equipment_ids or ()],
            conflict=row.order_id in self.conflicts,
        )


def named(node_id: str, row: Any) -> Named:
    return Named(id=node_id, number=row.number, name=row.name) if row else Named(id=node_id)


def views(session: Session, rows: Sequence[OrderRow]) -> list[OrderView]:
    """Give some orders with their names."""
    names = Names(session, rows)
    return [names.view(row) for row in rows]


def detail(session: Session, order_id: str) -> OrderDetail | None:
    """Give one order with its reports, None where there is none."""
    if (row := orders.one(session, order_id)) is None:
        return None
    names = Names(session, [row])
    told = [report_view(each, names) for each in reports.of_order(session, order_id)]
    return OrderDetail(**dict(names.view(row)), reports=told)


def report_view(row: ReportRow, names: Names) -> ReportView:
    return ReportView(**row.model_dump(), technician=names.technician(row.technician_id))


def some(session: Session, order_ids: Iterable[str]) -> dict[str, OrderView]:
    """Give those of some orders that are known, by id; an engine takes some ten thousand values in a statement."""
    ids = sorted(order_ids)
    pages = (orders.several(session, ids[n : n + AT_ONCE]) for n in range(0, len(ids), AT_ONCE))
    return {view.order_id: view for page in pages for view in views(session, page)}
