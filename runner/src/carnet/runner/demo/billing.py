"""The bookkeeper's part: billing runs, the collective invoices of a month, reminders, payments."""

from decimal import Decimal

from carnet.runner.demo.office import Office


async def bill(office: Office) -> None:
    """Bill what is due by the day."""
    await office.post("/invoicing/runs", {"date": f"{office.day}"})
    await office.rest()


async def collect(office: Office) -> None:
    """Make the collective invoices of the cut-off date."""
    await office.post("/invoicing/collective-runs", {"date": f"{office.day}"})


async def remind(office: Office) -> None:
    await office.post("/invoicing/reminder-runs", {"date": f"{office.day}"})


async def pay(office: Office, *numbers: str) -> None:
    """Receive one payment for the whole of some invoices."""
    invoices = [invoice for invoice in await office.all("/invoicing/invoices") if invoice["number"] in numbers]
    amount = sum(Decimal(invoice["payable"]) for invoice in invoices)
    body = {"debtor_id": invoices[0]["debtor_id"], "amount": f"{amount}", "received_on": f"{office.day}"}
    await office.post("/invoicing/payments", body | {"invoices": [i["document_id"] for i in invoices]})
