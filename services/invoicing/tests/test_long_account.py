"""An account that was booked on for years: a command reads what came since the last one, and rings no alarm."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from carnet.invoicing.app import build
from carnet.invoicing.domain.bookings import Event, InvoiceBooked, InvoiceSettled, PaymentApplied, PaymentRecorded
from carnet.invoicing.domain.dunning import ReminderRule
from carnet.invoicing.domain.receivables import BookInvoice, Command, RecordPayment, Remind
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.because import Because
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent
from carnet.kernel.streams import PAGE, Stream
from carnet.kernel.testing import Counting
from carnet.kernel.trial import trial

INVOICES = 1000
DEBTOR = "K4"
DAY, LATER, AMOUNT = date(2026, 1, 5), date(2026, 6, 1), Decimal("469.65")
OFFICE = Because("anna", "c0ffee")


def paid(n: int) -> Iterator[Event]:
    """Give the four events of an invoice that was booked and paid."""
    invoice, payment, number = UUID(int=n), UUID(int=10**9 + n), f"R2026-{n:04d}"
    whole = {"debtor_id": DEBTOR, "currency": "CHF", "amount": AMOUNT}
    yield InvoiceBooked(invoice_id=invoice, number=number, language="de", issued_on=DAY, due_on=DAY, **whole)
    yield PaymentRecorded(payment_id=payment, paid_on=DAY, currency="CHF", amount=AMOUNT, in_favour=Decimal(0))
    yield PaymentApplied(payment_id=payment, invoice_id=invoice, paid_on=DAY, **whole)
    yield InvoiceSettled(invoice_id=invoice, debtor_id=DEBTOR, number=number, settled_on=DAY)


async def booked_for_years(store: EventStore) -> None:
    events = [NewEvent(uuid4(), *RECEIVABLES.codec.encode(each)) for n in range(INVOICES) for each in paid(n)]
    half = len(events) // 2
    await store.append(RECEIVABLES.stream(DEBTOR), events[:half], NO_STREAM)
    await store.append(RECEIVABLES.stream(DEBTOR), events[half:], half - 1)


def booking(n: int) -> BookInvoice:
    number = f"R2026-{n:04d}"
    return BookInvoice(
        invoice_id=UUID(int=n),
        debtor_id=DEBTOR,
        number=number,
        currency="CHF",
        language="de",
        issued_on=DAY,
        due_on=DAY,
        amount=AMOUNT,
    )


PAYMENT = RecordPayment(payment_id=UUID(int=1), paid_on=LATER, currency="CHF", amount=AMOUNT)
REMINDING = Remind(debtor_id=DEBTOR, run_date=LATER, rule=ReminderRule())


@pytest.mark.parametrize("command", [booking(INVOICES + 1), PAYMENT, REMINDING])
async def test_a_command_on_a_long_account_reads_no_more_than_a_page(command: Command) -> None:
    store = Counting()
    await booked_for_years(store)
    account = Stream(store, RECEIVABLES, RECEIVABLES.stream(DEBTOR))
    await account.handle(booking(INVOICES), OFFICE)
    before = store.read_events
    outcome = await account.handle(command, OFFICE)
    assert outcome.events
    assert store.read_events - before < PAGE


async def test_what_is_owed_on_a_long_account_is_known_at_once_and_rings_no_alarm(settings: InvoicingSettings) -> None:
    async with trial(invoicing=build(settings)) as suite:
        runtime: Any = suite.runtime("invoicing")
        await booked_for_years(runtime.engines.store)
        await runtime.handle(RECEIVABLES, DEBTOR, booking(INVOICES), OFFICE)
        state = await runtime.state(RECEIVABLES, DEBTOR)
        text = (await suite.get("/invoicing/metrics")).text
    assert [item.number for item in state.ledger.open_in("CHF")] == ["R2026-1000"]
    assert 'carnet_stream_too_long_total{category="receivables"} 0.0' in text
