"""R11, number by number: what is reminded, when, at which amount, and what it costs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from carnet.events.fact import Address
from carnet.events.objects import PartyRegistered
from carnet.invoicing.domain.bookings import CreditBooked, Event, InvoiceBooked, InvoiceHeld, ReminderClaimed
from carnet.invoicing.domain.dunning import Reminder, ReminderRule, interest
from carnet.invoicing.domain.open_items import Applied
from carnet.invoicing.domain.receivables import Remind, receivables
from carnet.kernel.testing import Given

given = Given(receivables)
DUE = date(2026, 7, 22)
FIFTH, SIXTH = DUE + timedelta(days=5), DUE + timedelta(days=6)
COSTS = ReminderRule(fees=(Decimal("20.00"),), interest=Decimal(5))


def invoice(n: int, amount: str, **more: Any) -> InvoiceBooked:
    told: dict[str, Any] = {"currency": "CHF", "language": "de", "issued_on": DUE - timedelta(days=30), "due_on": DUE}
    return InvoiceBooked(
        invoice_id=UUID(int=n), debtor_id="K4", number=f"R2026-{n:04d}", amount=Decimal(amount), **told | more
    )


first, second = invoice(8, "469.65"), invoice(10, "265.70")


def reminders(*history: Event, on: date = SIXTH, rule: ReminderRule | None = None) -> list[Reminder]:
    events = given(*history).when(Remind(debtor_id="K4", run_date=on, rule=rule or ReminderRule()))
    return [event.reminder for event in events if isinstance(event, ReminderClaimed)]


def claimed(*history: Event, **more: Any) -> list[Event]:
    return [ReminderClaimed(reminder=each) for each in reminders(*history, **more)]


def credit(amount: str, *applied: Applied, in_favour: str = "0.00") -> CreditBooked:
    favour = Decimal(in_favour)
    return CreditBooked(
        credit_id=UUID(int=99), number="G", currency="CHF", amount=Decimal(amount), applied=applied, in_favour=favour
    )


def charges(reminder: Reminder) -> list[tuple[str, str]]:
    return [(charge.kind, str(charge.amount)) for charge in reminder.charges]


def test_r11_more_than_five_days_past_the_due_date_and_the_days_are_a_setting() -> None:
    assert reminders(first, on=FIFTH) == []
    assert len(reminders(first, on=SIXTH)) == 1
    assert len(reminders(first, on=DUE + timedelta(days=1), rule=ReminderRule(grace_days=0))) == 1


def test_r11_the_next_level_at_the_earliest_ten_days_after_the_last_reminder() -> None:
    once = claimed(first)
    assert reminders(first, *once, on=SIXTH + timedelta(days=9)) == []
    (again,) = reminders(first, *once, on=SIXTH + timedelta(days=10))
    assert [item.level for item in again.items] == [2]


def test_r11_each_invoice_is_at_its_own_level() -> None:
    late = invoice(11, "10.00", due_on=DUE + timedelta(days=8))
    (letter,) = reminders(first, late, *claimed(first), on=SIXTH + timedelta(days=10))
    assert [(item.number, item.level) for item in letter.items] == [("R2026-0008", 2), ("R2026-0011", 1)]


@pytest.mark.parametrize("hold", ["disputed", "parked"])
def test_r11_disputed_and_parked_invoices_are_left_out(hold: Any) -> None:
    held = InvoiceHeld(invoice_id=first.invoice_id, hold=hold, reason="")
    assert [item.number for each in reminders(first, second, held) for item in each.items] == ["R2026-0010"]


def test_r11_a_credited_invoice_is_left_out() -> None:
    whole = credit("469.65", Applied(item_id=first.invoice_id, amount=Decimal("469.65")))
    assert [item.number for each in reminders(first, second, whole) for item in each.items] == ["R2026-0010"]


def test_r11_credits_of_the_same_debtor_are_set_against() -> None:
    (letter,) = reminders(first, second, credit("100.00", in_favour="100.00"))
    assert (letter.set_against, letter.total) == (Decimal("100.00"), Decimal("635.35"))


def test_r11_469_65_and_265_70_are_one_letter_of_735_35() -> None:
    (letter,) = reminders(first, second)
    assert [item.open_amount for item in letter.items] == [Decimal("469.65"), Decimal("265.70")]
    assert letter.total == Decimal("735.35")


def test_r11_a_letter_a_debtor_currency_and_language() -> None:
    others = invoice(1, "5.00", currency="EUR"), invoice(2, "6.00", language="fr")
    letters = reminders(first, second, *others)
    assert [(each.currency, each.language, each.total) for each in letters] == [
        ("CHF", "de", Decimal("735.35")),
        ("CHF", "fr", Decimal("6.00")),
        ("EUR", "de", Decimal("5.00")),
    ]


def test_r11_interest_is_5_percent_a_year_by_actual_days_of_365() -> None:
    assert interest(Decimal("735.35"), Decimal(5), DUE, DUE + timedelta(days=365)) == Decimal("36.77")
    (letter,) = reminders(first, rule=COSTS)
    assert charges(letter) == [("fee", "20.00"), ("interest", "0.39")]  # 469.65 x 5 % x 6 / 365


def test_r11_fees_and_interest_are_receivables_of_their_own() -> None:
    after = receivables.fold([first, *claimed(first, rule=COSTS)]).ledger
    assert sorted((item.kind, item.open_amount) for item in after.items.values()) == [
        ("charge", Decimal("0.39")),
        ("charge", Decimal("20.00")),
        ("invoice", Decimal("469.65")),
    ]


def test_r11_france_adds_40_00_per_b2b_invoice_once() -> None:
    french = COSTS.for_business_in("FR")
    euros = invoice(1, "100.00", currency="EUR"), invoice(2, "50.00", currency="EUR")
    (letter,) = reminders(*euros, rule=french)
    assert [amount for kind, amount in charges(letter) if kind == "compensation"] == ["40.00", "40.00"]
    once = claimed(*euros, rule=french)
    (later,) = reminders(*euros, *once, on=SIXTH + timedelta(days=10), rule=french)
    assert "compensation" not in dict(charges(later))


def test_r11_no_compensation_elsewhere_in_another_currency_or_against_the_debtors_own_rule() -> None:
    assert ReminderRule().for_business_in("CH") == ReminderRule()
    own = ReminderRule(compensation=Decimal(0))
    assert own.for_business_in("FR") == own
    (letter,) = reminders(first, rule=ReminderRule().for_business_in("FR"))
    assert charges(letter) == []


def test_r11_a_second_run_on_the_same_day_sends_nothing() -> None:
    assert reminders(first, second, *claimed(first, second)) == []


async def test_r11_a_reminder_has_no_number_in_the_invoice_series_and_no_vat(firm: Any) -> None:
    terms = {"vat_number": "FR40303265045", "currency": "EUR", "reminders": {"fees": ["15.00"], "interest": "5"}}
    address = Address(street="Rue du Lac", postcode="74500", city="Évian", country="FR")
    await firm.suite.publish(
        "party-K8", PartyRegistered(party_id="K8", number="K8", name="Thermes SA", address=address)
    )
    await firm.ask("PUT", "/invoicing/debtors/K8", terms)
    await firm.sign(firm.version(1, firm.lift_a, debtor_id="K8", currency="EUR"))
    await firm.run(date(2026, 1, 1))
    (sent,) = (await firm.run(date(2026, 2, 10), of="reminder-runs"))["reminders"]
    assert (await firm.run(date(2026, 2, 10), of="reminder-runs"))["reminders"] == []
    letter = await firm.by_number("M2026-0001")
    assert (letter["vat"], letter["vat_by_rate"], letter["total"]) == ("0.00", {}, sent["total"])
    assert [charge["amount"] for charge in letter["charges"]] == ["15.00", "1.24", "40.00"]
    await firm.sign(firm.version(1, firm.door_c, contract_id="c-2", number="C-2"))
    await firm.run(date(2026, 2, 11))
    assert [each["number"] for each in await firm.invoices(kind="invoice")] == ["R2026-0001", "R2026-0002"]
