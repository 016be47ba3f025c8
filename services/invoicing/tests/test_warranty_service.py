"""What is under warranty is shown at 0.00 with who bears it, also on paper (R9)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from carnet.events.contracts import CoverageDecided
from carnet.events.dispatch import (
    OrderCompleted,
    OrderCreated,
    WorkApproved,
    WorkItem,
    WorkReportCorrected,
    WorkReported,
)
from carnet.events.fact import Shares
from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.documents.view import view

APRIL = date(2026, 4, 15)
ON: dict[str, Any] = {"order_id": "o1", "object_id": "waiter"}


def work(*items: WorkItem) -> dict[str, Any]:
    return {**ON, "report_id": "r", "technician_id": "t", "service_date": APRIL, "items": items}


def item(kind: str, quantity: str, article: str | None = None, *, warranty: bool = False) -> WorkItem:
    return WorkItem.model_validate({"kind": kind, "quantity": quantity, "article": article, "warranty": warranty})


LABOUR, LAMP = item("repair", "1"), item("part", "2", "lamp", warranty=True)


async def done(firm: Any, *items: WorkItem) -> None:
    case = {**ON, "number": "O1", "order_type": "fault", "debtor_id": "K3"}
    facts = [
        OrderCreated(**case, created_on=APRIL),
        WorkReported(**work(*items)),
        OrderCompleted(**case, completed_on=APRIL, report_ids=("r",)),
    ]
    await firm.suite.publish("order-o1", *facts)
    decided = CoverageDecided(**ON, covered=False, shares=Shares(), service_date=APRIL)
    await firm.suite.publish("coverage-o1", decided)
    await firm.suite.settle()


async def test_r9_a_part_under_warranty_stands_on_the_invoice_at_0_00(firm: Any) -> None:
    await done(firm, LABOUR, LAMP)
    (invoice,) = await firm.invoices()
    row = await existing(firm.suite.runtime("invoicing"), UUID(invoice["document_id"]))
    lines = [(line.borne_by, line.list_amount, line.net) for line in row.whole.document.lines]
    assert lines == [
        ("price_list", Decimal("145.00"), Decimal("145.00")), ("warranty", Decimal("24.70"), Decimal("0.00")),
    ]  # fmt: skip
    paper: Any = view(printed(row.whole))
    assert [line["text"] for line in paper["blocks"][0]["lines"]] == ["Main-d’œuvre", "Lampe · Garantie"]
    assert "La garantie prend en charge 24.70 au prix catalogue." in paper["notes"]
    assert not any("contrat" in note for note in paper["notes"])


async def test_a_correction_withdraws_the_approval_and_an_invoice_is_voided_first(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K3", {"rule": "after_approval"})
    approve = WorkApproved(**ON, approved_on=APRIL)
    await done(firm, LABOUR, item("part", "2", "lamp"))
    assert await firm.invoices() == []
    await firm.suite.publish("order-o1", WorkReportCorrected(**work(item("repair", "2"))))
    assert await firm.invoices() == []
    await firm.suite.publish("order-o1", approve)
    (invoice,) = await firm.invoices()
    assert invoice["net"] == "290.00"
    await firm.suite.publish("order-o1", WorkReportCorrected(**work(LABOUR)))
    assert [each["net"] for each in await firm.invoices()] == ["290.00"]
    answer = await firm.suite.request("GET", "/invoicing/ops/waiting", "admin")
    assert "Void the invoice of this order before changing what it bills." in answer.text
    await firm.ask("POST", f"/invoicing/invoices/{invoice['document_id']}/void", {"reason": "corrected"})
    assert len(await firm.invoices()) == 1
