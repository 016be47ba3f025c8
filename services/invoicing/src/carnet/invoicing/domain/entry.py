"""What a document, a payment or a reminder is in the double-entry journal: debit equals credit, to the cent."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pydantic import BaseModel

from carnet.invoicing.domain.chart import Chart
from carnet.invoicing.domain.document import Document
from carnet.invoicing.domain.dunning import ReminderCharge
from carnet.invoicing.domain.money import NOTHING


class EntryLine(BaseModel, frozen=True):
    """One side of an entry: either `debit` or `credit` is above 0.00; VAT names its rate in percent."""

    account: str
    debit: Decimal = NOTHING
    credit: Decimal = NOTHING
    vat_rate: Decimal | None = None


def line(account: str, amount: Decimal, vat_rate: Decimal | None = None) -> EntryLine:
    """Give the debit of an amount, or the credit of a negative one."""
    if amount < 0:
        return EntryLine(account=account, credit=-amount, vat_rate=vat_rate)
    return EntryLine(account=account, debit=amount, vat_rate=vat_rate)


def reversed_lines(lines: Iterable[EntryLine]) -> tuple[EntryLine, ...]:
    """Give the entry that undoes another."""
    return tuple(each.model_copy(update={"debit": each.credit, "credit": each.debit}) for each in lines)


def of_document(document: Document, chart: Chart) -> tuple[EntryLine, ...]:
    """Give the entry of an invoice, or its reverse for a credit note; none for what comes to 0.00."""
    found = tuple(each for each in _of_invoice(document, chart) if each.debit or each.credit)
    return reversed_lines(found) if document.kind == "credit_note" else found


def _of_invoice(document: Document, chart: Chart) -> Iterator[EntryLine]:
    foot, revenue = document.totals, dict[str, Decimal]()
    for each in document.lines:
        account = chart.deferred if each.contract_id else str(getattr(chart, each.kind))
        revenue[account] = revenue.get(account, NOTHING) + each.net
    yield line(chart.receivables, foot.payable)
    yield from (line(account, -net) for account, net in sorted(revenue.items()))
    yield from (line(chart.vat_at(rate), -tax, rate) for rate, tax in foot.vat.items())
    yield line(chart.rounding, -foot.rounding)


def of_payment(amount: Decimal, chart: Chart) -> tuple[EntryLine, ...]:
    """Give the entry of money that came, also of what it leaves in the debtor's favour."""
    return (line(chart.bank, amount), line(chart.receivables, -amount))


def of_charges(charges: Iterable[ReminderCharge], chart: Chart) -> tuple[EntryLine, ...]:
    """Give the entry of a reminder's fee, interest and compensation: receivables without VAT (R11)."""
    total = sum((charge.amount for charge in charges), NOTHING)
    return (line(chart.receivables, total), line(chart.reminders, -total)) if total else ()


def of_release(fees: Iterable[tuple[str, Decimal]], chart: Chart) -> tuple[EntryLine, ...]:
    """Give the entry of fees (kind, amount) that are earned now (R12); a negative amount takes back."""
    by_account: dict[str, Decimal] = {}
    for kind, amount in fees:
        account = str(getattr(chart, kind))
        by_account[account] = by_account.get(account, NOTHING) + amount
    whole = [line(chart.deferred, sum(by_account.values(), NOTHING))]
    whole += [line(account, -amount) for account, amount in sorted(by_account.items())]
    return tuple(each for each in whole if each.debit or each.credit)
