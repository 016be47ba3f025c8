"""Prometheus is told how many documents were numbered, by kind; what was numbered before counts no second time."""

from datetime import date
from typing import Any

from prometheus_client.parser import text_string_to_metric_families


async def counted(firm: Any) -> dict[str, float]:
    text = (await firm.suite.get("/invoicing/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {s.labels["kind"]: s.value for s in samples if s.name == "carnet_invoices_issued_total"}


async def test_documents_are_counted_by_kind_when_they_get_their_number(firm: Any) -> None:
    none = {"invoice": 0, "collective_invoice": 0, "credit_note": 0, "reminder": 0}
    assert await counted(firm) == none
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    for _ in range(2):
        await firm.run(date(2026, 1, 1))
    assert await counted(firm) == {**none, "invoice": 1}
    await firm.run(date(2026, 7, 1))
    assert await counted(firm) == {**none, "invoice": len(await firm.invoices())}
