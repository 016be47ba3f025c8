"""What a debtor owes, pays, is credited and is reminded of (R11)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.invoicing.domain.bookings import (
    BookingVoided,
    CreditBooked,
    Event,
    FavourUsed,
    HoldReleased,
    InvoiceBooked,
    InvoiceHeld,
    InvoiceSettled,
    PaymentApplied,
    PaymentRecorded,
    ReminderClaimed,
)
from carnet.invoicing.domain.dunning import ReminderRule, interest
from carnet.invoicing.domain.open_items import Applied
from carnet.invoicing.domain.receivables import (
    BookCredit,
    BookInvoice,
    Command,
    HoldInvoice,
    RecordPayment,
    ReleaseHold,
    Remind,
    UseFavour,
    VoidBooking,
    receivables,
)
from carnet.kernel.testing import Given

given = Given(receivables)
gerber = "K4"
R8, R10, G1 = UUID(int=8), UUID(int=10), UUID(int=99)
aug_14, aug_28 = date(2026, 8, 14), date(2026, 8, 28)


def booked(invoice_id: UUID, amount: str, issued_on: date, **more: object) -> InvoiceBooked:
    whole = {
        "invoice_id": invoice_id,
        "debtor_id": gerber,
        "number": f"R2026-{invoice_id.int:04d}",
        "currency": "CHF",
        "language": "de",
        "issued_on": issued_on,
        "due_on": issued_on + timedelta(days=30),
        "amount": amount,
    }
    return InvoiceBooked.model_validate(whole | more)


r8 = booked(R8, "469.65", date(2026, 6, 22))
r10 = booked(R10, "265.70", date(2026, 7, 6))
remind = Remind(debtor_id=gerber, run_date=aug_14, rule=ReminderRule())


def part(item_id: UUID, amount: str) -> Applied:
    return Applied(item_id=item_id, amount=Decimal(amount))


def pay(amount: str, *wanted: Applied, n: int = 1) -> RecordPayment:
    return RecordPayment(payment_id=UUID(int=n), paid_on=aug_28, currency="CHF", amount=Decimal(amount), wanted=wanted)


def applied(invoice_id: UUID, amount: str) -> PaymentApplied:
    return PaymentApplied(
        payment_id=UUID(int=1),
        invoice_id=invoice_id,
        debtor_id=gerber,
        currency="CHF",
        amount=Decimal(amount),
        paid_on=aug_28,
    )


def credit(amount: str, *corrects: UUID) -> BookCredit:
    return BookCredit(
        credit_id=G1, number="G2026-0001", currency="CHF", issued_on=aug_14,
        amount=Decimal(amount), corrects=corrects,
    )  # fmt: skip


def reminded(*history: Event, command: Remind = remind) -> list[ReminderClaimed]:
    events = given(*history).when(command)
    return [event for event in events if isinstance(event, ReminderClaimed)]


def open_amounts(*history: Event) -> dict[UUID, Decimal]:
    items = receivables.fold(history).ledger.items
    return {item_id: item.open_amount for item_id, item in items.items()}


def test_an_invoice_is_booked_once() -> None:
    command = BookInvoice(**r8.model_dump(exclude={"type"}))
    assert given().when(command) == [r8]
    assert given(r8).when(command) == []


def test_one_payment_settles_two_invoices() -> None:
    both = (part(R8, "469.65"), part(R10, "265.70"))
    events = given(r8, r10).when(pay("735.35", *both))
    assert events == [
        PaymentRecorded(
            payment_id=UUID(int=1), paid_on=aug_28, currency="CHF", amount=Decimal("735.35"), in_favour=Decimal(0)
        ),
        applied(R8, "469.65"),
        applied(R10, "265.70"),
        InvoiceSettled(invoice_id=R8, debtor_id=gerber, number="R2026-0008", settled_on=aug_28),
        InvoiceSettled(invoice_id=R10, debtor_id=gerber, number="R2026-0010", settled_on=aug_28),
    ]  # fmt: skip
    assert given(r8, r10, *events).when(pay("735.35", *both)) == []


def test_without_an_allocation_the_oldest_is_paid_first() -> None:
    _, first, second, settled = given(r10, r8).when(pay("500.00"))
    assert (first, second) == (applied(R8, "469.65"), applied(R10, "30.35"))
    assert settled == InvoiceSettled(invoice_id=R8, debtor_id=gerber, number="R2026-0008", settled_on=aug_28)


def test_a_partial_payment_leaves_the_rest_open() -> None:
    events = given(r8).when(pay("400.00", part(R8, "400.00")))
    assert events[1:] == [applied(R8, "400.00")]
    assert open_amounts(r8, *events) == {R8: Decimal("69.65")}


def test_a_payment_gives_an_invoice_no_more_than_was_allocated_and_cents_too() -> None:
    recorded, first, second = given(r8, r10).when(pay("500.00", part(R8, "100.00"), part(R10, "0.50")))
    assert (first, second) == (applied(R8, "100.00"), applied(R10, "0.50"))
    assert isinstance(recorded, PaymentRecorded)
    assert recorded.in_favour == Decimal("399.50")


def test_what_exceeds_the_open_amount_is_in_the_debtors_favour() -> None:
    recorded, *_ = given(r8).when(pay("500.00", part(R8, "500.00")))
    assert isinstance(recorded, PaymentRecorded)
    assert recorded.in_favour == Decimal("30.35")


def test_a_credit_lowers_the_invoice_that_it_names() -> None:
    events = given(r8).when(credit("172.00", R8))
    assert open_amounts(r8, *events) == {R8: Decimal("297.65")}
    assert given(r8, *events).when(credit("172.00", R8)) == []


def test_a_credit_of_a_paid_invoice_is_in_favour_and_may_be_used() -> None:
    history = [r8, *given(r8).when(pay("469.65"))]
    history += given(*history).when(credit("172.00", R8))
    history.append(r10)
    events = given(*history).when(UseFavour(invoice_id=R10, used_on=aug_28))
    assert events == [FavourUsed(used_on=aug_28, currency="CHF", applied=part(R10, "172.00"))]
    assert given(*history, *events).when(UseFavour(invoice_id=R10, used_on=aug_28)) == []


def test_an_invoice_that_a_favour_covers_is_settled_on_the_day_of_its_use() -> None:
    history = [*given().when(credit("300.00")), r10]
    _, settled = given(*history).when(UseFavour(invoice_id=R10, used_on=aug_28))
    assert settled == InvoiceSettled(invoice_id=R10, debtor_id=gerber, number="R2026-0010", settled_on=aug_28)


def test_a_payment_is_allocated_in_its_own_currency_and_not_twice() -> None:
    euro = booked(R10, "10.00", aug_14, currency="EUR")
    given(r8, euro).refuses(pay("10.00", part(R10, "10.00")), because="invoices in CHF")
    given(r8).refuses(pay("10.00", part(R8, "11.00")), because="at most the amount")
    given(r8).refuses(pay("10.00", part(R10, "10.00")), because="an invoice of this debtor")


def test_a_voided_invoice_is_owed_no_more() -> None:
    paid = given(r8).when(pay("100.00"))
    void = VoidBooking(document_id=R8, voided_on=aug_28)
    history = [r8, *paid, *given(r8, *paid).when(void)]
    assert open_amounts(*history) == {R8: Decimal(0)}
    assert receivables.fold(history).ledger.favour("CHF") == Decimal("100.00")
    assert given(*history).when(void) == []
    given().refuses(void, because="Name an invoice or a credit note")


@pytest.mark.parametrize("invoice_first", [True, False])
def test_a_voided_credit_and_a_voided_invoice_leave_nothing(*, invoice_first: bool) -> None:
    history = [r8, *given(r8).when(credit("500.00", R8))]
    voids = [BookingVoided(document_id=d, voided_on=aug_28) for d in (R8, G1)]
    history += voids if invoice_first else reversed(voids)
    assert open_amounts(*history) == {R8: Decimal(0)}
    assert receivables.fold(history).ledger.favour("CHF") == Decimal(0)


def test_one_reminder_lists_both_invoices() -> None:
    (event,) = reminded(r10, r8)
    letter = event.reminder
    assert [(i.number, i.open_amount, i.level) for i in letter.items] == [
        ("R2026-0008", Decimal("469.65"), 1),
        ("R2026-0010", Decimal("265.70"), 1),
    ]
    assert (letter.language, letter.total, letter.charges) == ("de", Decimal("735.35"), ())


def test_a_second_run_on_the_same_day_sends_nothing() -> None:
    assert reminded(r8, r10, *reminded(r8, r10)) == []


@pytest.mark.parametrize(("days_late", "sent"), [(5, 0), (6, 1)])
def test_a_reminder_waits_for_the_days_of_grace(days_late: int, sent: int) -> None:
    run = remind.model_copy(update={"run_date": r8.due_on + timedelta(days=days_late)})
    assert len(reminded(r8, command=run)) == sent


@pytest.mark.parametrize(("days_later", "levels"), [(9, []), (10, [2])])
def test_the_next_level_comes_ten_days_later(days_later: int, levels: list[int]) -> None:
    run = remind.model_copy(update={"run_date": aug_14 + timedelta(days=days_later)})
    second = reminded(r8, *reminded(r8), command=run)
    assert [event.reminder.items[0].level for event in second] == levels


def test_a_held_invoice_is_left_out_until_it_is_released() -> None:
    command = HoldInvoice(invoice_id=R8, hold="disputed", reason="wrong hours")
    (held,) = given(r8).when(command)
    assert given(r8, held).when(command) == []
    assert [i.number for e in reminded(r8, held, r10) for i in e.reminder.items] == ["R2026-0010"]
    (released,) = given(r8, held).when(ReleaseHold(invoice_id=R8))
    assert released == HoldReleased(invoice_id=R8)
    assert given(r8, held, released).when(ReleaseHold(invoice_id=R8)) == []
    assert len(reminded(r8, held, released)) == 1


def test_a_credited_invoice_is_left_out() -> None:
    assert reminded(r8, *given(r8).when(credit("469.65", R8))) == []


def test_a_credit_of_the_same_debtor_is_set_against() -> None:
    (event,) = reminded(r8, r10, *given().when(credit("172.00")))
    assert (event.reminder.set_against, event.reminder.total) == (Decimal("172.00"), Decimal("563.35"))
    assert reminded(r8, *given().when(credit("500.00"))) == []


def test_r11_a_credit_is_set_against_once_and_not_in_every_letter() -> None:
    french = booked(R10, "60.00", date(2026, 6, 1), language="fr")
    letters = [event.reminder for event in reminded(r8, french, *given().when(credit("500.00")))]
    assert [(each.language, each.set_against, each.total) for each in letters] == [
        ("fr", Decimal("30.35"), Decimal("29.65"))
    ]


def test_r11_an_invoice_of_less_than_a_franc_is_reminded_too() -> None:
    (event,) = reminded(booked(R8, "0.80", date(2026, 6, 22)))
    assert event.reminder.total == Decimal("0.80")


def test_currencies_and_languages_have_letters_of_their_own() -> None:
    euro = booked(UUID(int=11), "50.00", date(2026, 6, 1), currency="EUR")
    french = booked(UUID(int=12), "60.00", date(2026, 6, 1), language="fr")
    totals = [(e.reminder.currency, e.reminder.language, e.reminder.total) for e in reminded(r8, euro, french)]
    assert totals == [
        ("CHF", "de", Decimal("469.65")),
        ("CHF", "fr", Decimal("60.00")),
        ("EUR", "de", Decimal("50.00")),
    ]


def test_charges_are_receivables_of_their_own() -> None:
    rule = ReminderRule(fees=(Decimal("20.00"),), interest=Decimal(5), compensation=Decimal("40.00"))
    (event,) = reminded(r8, command=remind.model_copy(update={"rule": rule}))
    charges = {charge.kind: charge.amount for charge in event.reminder.charges}
    # 469.65 x 5 % x 23 days / 365
    assert charges == {"fee": Decimal("20.00"), "interest": Decimal("1.48"), "compensation": Decimal("40.00")}
    assert event.reminder.total == Decimal("531.13")
    assert sum(open_amounts(r8, event).values()) == Decimal("531.13")
    assert [(charge.kind, charge.item_id) for charge in event.reminder.charges] == [
        ("fee", None), ("interest", R8), ("compensation", R8),
    ]  # fmt: skip
    fee, *_ = event.reminder.charges
    assert str(fee.charge_id) == "4914bc90-cc9a-5ebf-86ee-e446a602da14"  # the same on any machine


def test_a_charge_bears_no_interest_and_compensation_comes_once() -> None:
    rule = ReminderRule(interest=Decimal(5), compensation=Decimal("40.00"))
    run = remind.model_copy(update={"rule": rule})
    first = reminded(r8, command=run)
    later = run.model_copy(update={"run_date": aug_14 + timedelta(days=10)})
    (second,) = reminded(r8, *first, command=later)
    assert [(c.kind, c.amount) for c in second.reminder.charges] == [("interest", Decimal("0.64"))]


def test_interest_is_counted_by_actual_days() -> None:
    year = date(2026, 1, 1), date(2027, 1, 1)
    assert interest(Decimal("1000.00"), Decimal(5), *year) == Decimal("50.00")
    assert interest(Decimal("10_000_000.00"), Decimal(5), *year) == Decimal("500_000.00")


def test_after_the_last_level_no_reminder_follows() -> None:
    run = remind.model_copy(update={"rule": ReminderRule(levels=1)})
    later = run.model_copy(update={"run_date": aug_14 + timedelta(days=30)})
    assert reminded(r8, *reminded(r8, command=run), command=later) == []


commands: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([BookInvoice(**e.model_dump(exclude={"type"})) for e in (r8, r10)]),
    st.builds(pay, st.sampled_from(["100.00", "469.65", "900.00"]), n=st.integers(1, 3)),
    st.just(credit("172.00", R8)),
    st.sampled_from([VoidBooking(document_id=d, voided_on=aug_28) for d in (R8, G1)]),
    st.just(remind),
)


@for_all(st.lists(commands, max_size=8))
def test_any_command_repeated_adds_nothing_and_no_cent_is_lost(told: list[Command]) -> None:
    history: list[Event] = [r8, r10]
    for command in told:
        if isinstance(command, VoidBooking) and command.document_id == G1:
            history += given(*history).when(credit("172.00", R8))
        history += given(*history).when(command)
        assert given(*history).when(command) == []
    assert sum(open_amounts(*history).values()) - favour(history) == owed(history) - received(history)


def favour(history: list[Event]) -> Decimal:
    return receivables.fold(history).ledger.favour("CHF")


def voided(history: list[Event]) -> set[UUID]:
    return {e.document_id for e in history if isinstance(e, BookingVoided)}


def owed(history: list[Event]) -> Decimal:
    booked = [e for e in history if isinstance(e, InvoiceBooked) and e.invoice_id not in voided(history)]
    return sum((event.amount for event in booked), Decimal(0))


def received(history: list[Event]) -> Decimal:
    paid = [e.amount for e in history if isinstance(e, PaymentRecorded)]
    credited = [e for e in history if isinstance(e, CreditBooked) and e.credit_id not in voided(history)]
    return sum([*paid, *(event.amount for event in credited)], Decimal(0))


@pytest.mark.parametrize(
    "event", [r8, *reminded(r8), InvoiceHeld(invoice_id=R8, hold="parked", reason=""), *given(r8).when(pay("1.00"))]
)
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert adapter.validate_json(adapter.dump_json(event)) == event
