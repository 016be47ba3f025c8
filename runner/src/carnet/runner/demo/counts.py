"""What came out: the demonstration's figures, counted over HTTP."""

from collections import Counter
from decimal import Decimal
from typing import Any

from carnet.runner.demo.office import Office


async def figures(office: Office) -> dict[str, Any]:
    """Count what the suite shows; amounts as strings by currency."""
    orders = await office.all("/dispatch/orders")
    details = [await office.get(f"/dispatch/orders/{order['order_id']}") for order in orders]
    documents = await office.all("/invoicing/invoices")
    kinds = Counter(document["kind"] for document in documents)
    told = await office.get("/notifications/outbox/counts")
    return {
        "objects": len(await office.all("/objects/items")),
        "contracts": len(await office.all("/contracts")),
        "orders": len(orders),
        "work_reports": sum(len(order["reports"]) for order in details),
        "invoices": {
            "single": kinds["invoice"],
            "collective": kinds["collective_invoice"],
            "credit_notes": kinds["credit_note"],
        },
        "reminders": kinds["reminder"],
        "notifications": {"email": told["email"], "letter": told["letter"]},
        "billed": billed(documents),
    }


def billed(documents: list[dict[str, Any]]) -> dict[str, str]:
    """Add up what is payable by currency: invoices less credit notes."""
    sums: dict[str, Decimal] = {}
    for document in documents:
        sign = {"invoice": 1, "collective_invoice": 1, "credit_note": -1}.get(document["kind"], 0)
        sums[document["currency"]] = sums.get(document["currency"], Decimal(0)) + sign * Decimal(document["payable"])
    return {currency: f"{amount}" for currency, amount in sums.items()}
