"""The cockpit knows everything that any context told of an object (S77 to S94, S112)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from carnet.events.contracts import (
    Billing,
    ContractAmended,
    ContractSigned,
    ContractVersion,
    Cycle,
    Position,
    Price,
    ReactionPromised,
)
from carnet.events.dispatch import OrderCompleted, OrderCreated, OrderPlanned, WorkItem, WorkReported
from carnet.events.invoicing import (
    CreditNoteIssued,
    DocumentLine,
    InvoiceIssued,
    InvoiceSettled,
    IssuedDocument,
    VatAmount,
)
from carnet.events.notifications import NotificationRequested
from carnet.kernel.trial import Trial

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

JANUARY, APRIL = date(2026, 1, 1), date(2026, 4, 7)
MORNING = datetime(2026, 4, 7, 6, 20, tzinfo=UTC)


def terms(object_id: str, version: int, fee: str) -> ContractVersion:
    position = Position(
        position_id="A", object_id=object_id, first_day=JANUARY, prices=(Price(valid_from=JANUARY, fee=Decimal(fee)),)
    )
    cycle = Cycle(cycle_id="q", position_id="A", service="quarterly visit", every_months=3, anchor=JANUARY)
    return ContractVersion(
        contract_id="c1",
        number="C-1",
        kind="maintenance",
        version=version,
        debtor_id="k1",
        start=JANUARY,
        billing=Billing(every_months=6, anchor=JANUARY),
        positions=(position,),
        cycles=(cycle,),
        valid_from=JANUARY,
        recorded=JANUARY,
    )


def document(object_id: str, number: str, net: str) -> IssuedDocument:
    amount = Decimal(net)
    line = DocumentLine(
        line_id="1",
        kind="labour",
        object_id=object_id,
        text="Door contact",
        first_day=APRIL,
        last_day=APRIL,
        amount=amount,
        net=amount,
        vat_rate=Decimal("8.1"),
    )
    return IssuedDocument(
        document_id=number,
        number=number,
        debtor_id="k1",
        issued_on=APRIL,
        lines=(line,),
        net=amount,
        vat=(VatAmount(rate=Decimal("8.1"), net=amount, vat=Decimal(0)),),
        total=amount,
        rounding=Decimal(0),
        payable=amount,
    )


async def tell(suite: Trial, lift: str) -> None:
    """Let the other contexts tell of a fault of lift A, which was mended and billed."""
    await suite.publish(
        "contract-c1",
        ContractSigned(contract_id="c1", terms=terms(lift, 1, "1680")),
        ContractAmended(contract_id="c1", terms=terms(lift, 2, "1700"), reason="price"),
    )
    await suite.publish(
        "order-o1",
        OrderCreated(order_id="o1", number="O-1", order_type="fault", object_id=lift, created_on=date(2026, 4, 2)),
        OrderPlanned(order_id="o1", object_id=lift, technician_ids=("t",), starts_at=MORNING, ends_at=MORNING),
        WorkReported(
            report_id="r1",
            order_id="o1",
            object_id=lift,
            technician_id="t",
            service_date=APRIL,
            items=(WorkItem(kind="repair", quantity=Decimal("2.25")),),
        ),
        OrderCompleted(
            order_id="o1", number="O-1", order_type="fault", object_id=lift, completed_on=APRIL, report_ids=("r1",)
        ),
    )
    promise = ReactionPromised(order_id="o1", object_id=lift, contract_id="c1", due_at=MORNING)
    await suite.publish("reaction-o1", promise)
    await suite.publish(
        "series-R-2026", InvoiceIssued(invoice_id="R-1", due_on=APRIL, document=document(lift, "R-1", "429.55"))
    )
    settled = InvoiceSettled(invoice_id="R-1", number="R-1", debtor_id="k1", settled_on=date(2026, 5, 1))
    await suite.publish("receivable-R-1", settled)
    credit = CreditNoteIssued(credit_note_id="G-1", corrects=("R-1",), document=document(lift, "G-1", "20.00"))
    await suite.publish("series-G-2026", credit)
    mail = NotificationRequested(
        notification_id="n1",
        kind="document",
        channel="email",
        party_id="k1",
        about="R-1",
        object_ids=(lift,),
        requested_on=APRIL,
    )
    await suite.publish("notification-n1", mail)


async def register(suite: Trial) -> dict[str, str]:
    ids = {}
    for number, name in (("K1", "PPE Résidence du Parc"), ("R", "Régie Delacroix SA")):
        ids[number] = (await suite.post("/objects/parties", {"number": number, "name": name})).json()["id"]
    house = {"number": "F12", "name": "Fleurettes 12", "owner_id": ids["K1"], "canton": "VD"}
    ids["F12"] = (await suite.post("/objects/sites", house)).json()["id"]
    manager = {"role": "manager", "party_id": ids["R"], "valid_from": "2026-01-01"}
    await suite.post(f"/objects/sites/{ids['F12']}/responsibilities", manager)
    lift = {"number": "A", "name": "Lift A", "kind": "lift", "parent_id": ids["F12"], "debtor_id": ids["K1"]}
    ids["A"] = (await suite.post("/objects/items", lift)).json()["id"]
    return ids


async def cockpit(suite: Trial, sort: str, node_id: str, **params: str) -> Any:
    await suite.settle()
    return (await suite.get(f"/objects/{sort}/{node_id}/cockpit", params=params)).json()


@ON_BOTH
async def test_the_cockpit_of_an_object_shows_what_all_contexts_told(suite: Trial) -> None:
    ids = await register(suite)
    await tell(suite, ids["A"])
    await suite.post("/objects/tasks", {"object_id": ids["A"], "text": "ropes worn", "raised_on": "2026-07-15"})
    known = await cockpit(suite, "items", ids["A"])
    assert [each["name"] for each in known["way"]] == ["Fleurettes 12", "Lift A"]
    assert (known["site"]["number"], known["site"]["canton"]) == ("F12", "VD")
    assert {role: each["number"] for role, each in known["parties"].items()} == {
        "debtor": "K1",
        "owner": "K1",
        "manager": "R",
    }
    [contract] = known["contracts"]
    assert (contract["number"], contract["version"], contract["fee"]) == ("C-1", 2, "1700")
    assert contract["services"] == "quarterly visit"
    [order] = known["orders"]
    assert (order["number"], order["status"], order["completed_on"]) == ("O-1", "completed", "2026-04-07")
    assert order["react_by"] == "2026-04-07T06:20:00Z"
    lines = [(line["number"], line["net"], line["settled_on"]) for line in known["invoice_lines"]]
    assert lines == [("R-1", "429.55", "2026-05-01"), ("G-1", "-20.00", None)]
    assert [task["text"] for task in known["tasks"]] == ["ropes worn"]


async def test_the_history_is_in_the_order_of_its_days(suite: Trial) -> None:
    ids = await register(suite)
    await tell(suite, ids["A"])
    history = (await cockpit(suite, "items", ids["A"]))["history"]
    days = [entry["day"] for entry in history]
    assert days == sorted(days, reverse=True)
    assert {entry["what"] for entry in history} == {
        "ContractSigned",
        "ContractAmended",
        "OrderCreated",
        "OrderPlanned",
        "WorkReported",
        "OrderCompleted",
        "ReactionPromised",
        "InvoiceIssued",
        "CreditNoteIssued",
        "NotificationRequested",
    }
    issued = next(entry for entry in history if entry["what"] == "InvoiceIssued")
    assert (issued["facts"]["number"], issued["facts"]["payable"]) == ("R-1", "429.55")


async def test_who_is_responsible_is_asked_for_a_day(suite: Trial) -> None:
    ids = await register(suite)
    owner = {"role": "owner", "party_id": ids["R"], "valid_from": "2026-06-01"}
    await suite.post(f"/objects/items/{ids['A']}/responsibilities", owner)
    before = await cockpit(suite, "items", ids["A"], on="2026-05-31")
    after = await cockpit(suite, "items", ids["A"], on="2026-06-01")
    assert (before["parties"]["owner"]["number"], after["parties"]["owner"]["number"]) == ("K1", "R")


@ON_BOTH
async def test_a_site_has_a_cockpit_with_what_stands_in_it(suite: Trial) -> None:
    ids = await register(suite)
    known = await cockpit(suite, "sites", ids["F12"])
    assert (known["sort"], [each["number"] for each in known["below"]]) == ("site", ["A"])
