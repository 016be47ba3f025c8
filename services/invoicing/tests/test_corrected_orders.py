"""A report that is corrected after its invoice was sent: the order says what waits, and the void bills it anew."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.events.dispatch import WorkItem, WorkReportCorrected

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
DAY = date(2026, 4, 15)
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def correct(firm: Any, quantity: str) -> None:
    told = {"report_id": "o1-r1", "order_id": "o1", "object_id": "A", "technician_id": "t", "service_date": DAY}
    items = (WorkItem(kind="repair", quantity=Decimal(quantity)),)
    await firm.suite.publish("order-o1", WorkReportCorrected.model_validate({**told, "items": items}))
    await firm.suite.settle()


@ON_BOTH
async def test_a_correction_after_the_invoice_is_told_on_the_order_and_billed_once_that_is_voided(firm: Any) -> None:
    await firm.work("o1", "A", DAY, "repair 2")
    (first,) = await firm.invoices()
    await correct(firm, "3")
    shown = await firm.page("/invoicing/pages/orders/o1")
    for text in ("What was reported is corrected", "Void the invoice of this order", "R2026-0001"):
        assert text in shown
    assert "Ce qui a été rapporté est corrigé" in await firm.page("/invoicing/pages/orders/o1", FRENCH)
    void = f"/invoicing/pages/documents/{first['document_id']}/void"
    assert (await firm.send(void, reason="three hours, not two")).status_code == 303
    after = await firm.page("/invoicing/pages/orders/o1")
    assert "What was reported is corrected" not in after
    assert (after.index("R2026-0001") < after.index("Voided") < after.index("R2026-0002")) is True
    whole = await firm.by_number("R2026-0002")
    assert Decimal(whole["net"]) == Decimal("435.00")


async def test_a_correction_before_the_invoice_is_what_is_billed(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K1", {"rule": "month_end"})
    await firm.work("o1", "A", DAY, "repair 2")
    await correct(firm, "3")
    shown = await firm.page("/invoicing/pages/orders/o1")
    assert ("It waits for the next collective invoice." in shown, "corrected" in shown) == (True, False)
    await firm.run(date(2026, 4, 30), "collective-runs")
    whole = await firm.by_number("R2026-0001")
    assert Decimal(whole["net"]) == Decimal("435.00")
    assert "R2026-0001" in await firm.page("/invoicing/pages/orders/o1")
