"""The journal: debit equals credit in every entry, each thing is posted once, on an open day."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.chart import Chart
from carnet.invoicing.domain.document import (
    Address,
    Block,
    Corrected,
    CorrectedLine,
    Document,
    DocumentLine,
    Recipient,
    Supplier,
)
from carnet.invoicing.domain.dunning import ReminderCharge
from carnet.invoicing.domain.entry import (
    EntryLine,
    of_charges,
    of_document,
    of_payment,
    of_release,
    reversed_lines,
)
from carnet.invoicing.domain.money import totals
from carnet.invoicing.domain.posting import JournalPosted, Post, balance, posting
from carnet.kernel.testing import Given

given = Given(posting)
day = date(2026, 6, 1)
LAUSANNE = Address(postcode="1004", town="Lausanne")
OWN_RATE = Chart(vat_of_rate={Decimal("2.6"): "2201"})
Sides = list[tuple[str, str, str]]


def sides(lines: tuple[EntryLine, ...]) -> Sides:
    return [(each.account, str(each.debit), str(each.credit)) for each in lines]


def line(kind: Any, net: str, rate: str = "8.1", contract: str | None = None) -> DocumentLine:
    amount = Decimal(net)
    return DocumentLine(
        line_id=f"{kind}/{net}", kind=kind, text="", unit_price=amount, list_amount=amount, net=amount,
        vat_rate=Decimal(rate), first_day=day, last_day=day, contract_id=contract,
        corrects=CorrectedLine(document_id=UUID(int=8), number="R", line_id="A"),
    )  # fmt: skip


def of(*lines: DocumentLine, **more: Any) -> Document:
    foot = totals(((each.vat_rate, each.net) for each in lines), Decimal("0.05"))
    told: dict[str, Any] = {"kind": "invoice", "issued_on": day, "language": "fr", "currency": "CHF"}
    return Document(
        document_id=UUID(int=1),
        supplier=Supplier(name="Rochat", address=LAUSANNE, vat_number="CHE-1"),
        recipient=Recipient(party_id="K1", name="PPE", address=LAUSANNE),
        blocks=(Block(lines=lines),),
        totals=foot,
        **told | more,
    )


def test_an_invoice_of_work_is_revenue_by_kind_vat_by_rate_and_rounding() -> None:
    told = of(
        line("labour", "398.75"), line("travel", "45.60"), line("parts", "86.40"), line("expense", "12.00", "2.6")
    )
    assert sides(of_document(told, OWN_RATE)) == [
        ("1100", "586.05", "0.00"),
        ("3200", "0.00", "398.75"),
        ("3210", "0.00", "86.40"),
        ("3220", "0.00", "45.60"),
        ("3230", "0.00", "12.00"),
        ("2201", "0.00", "0.31"),
        ("2200", "0.00", "42.99"),
    ]


def test_a_fee_is_deferred_when_it_is_billed() -> None:
    assert sides(of_document(of(line("fee", "255.25", contract="c-1")), Chart())) == [
        ("1100", "275.95", "0.00"),
        ("2300", "0.00", "255.25"),
        ("2200", "0.00", "20.68"),
        ("3809", "0.00", "0.02"),
    ]


def test_a_credit_note_is_posted_the_other_way_round() -> None:
    lines = (line("fee", "397.83", contract="c-1"),)
    corrects = (Corrected(document_id=UUID(int=8), number="R", issued_on=day),)
    invoice, note = of(*lines), of(*lines, kind="credit_note", corrects=corrects)
    assert of_document(note, Chart()) == reversed_lines(of_document(invoice, Chart()))
    assert sides(of_document(note, Chart())) == [
        ("1100", "0.00", "430.05"),
        ("2300", "397.83", "0.00"),
        ("2200", "32.22", "0.00"),
    ]


def test_vat_names_its_rate_on_either_side() -> None:
    told = of(line("labour", "100.00"), line("expense", "-10.00", "2.6"))
    assert [(each.account, each.vat_rate) for each in of_document(told, OWN_RATE) if each.vat_rate] == [
        ("2201", Decimal("2.6")),
        ("2200", Decimal("8.1")),
    ]


def test_money_that_comes_and_what_a_reminder_costs() -> None:
    assert sides(of_payment(Decimal("735.35"), Chart())) == [("1020", "735.35", "0.00"), ("1100", "0.00", "735.35")]
    charges = [
        ReminderCharge(charge_id=UUID(int=n), kind=kind, amount=Decimal(amount))
        for n, (kind, amount) in enumerate([("fee", "20.00"), ("interest", "1.48")])
    ]
    assert sides(of_charges(charges, Chart())) == [("1100", "21.48", "0.00"), ("3600", "0.00", "21.48")]
    assert of_charges([], Chart()) == ()


def test_a_release_turns_what_was_deferred_into_revenue_and_back() -> None:
    fees = [("fee", Decimal("4.00")), ("licence", Decimal("5.00")), ("fee", Decimal("6.00"))]
    assert sides(of_release(fees, Chart())) == [
        ("2300", "15.00", "0.00"),
        ("3400", "0.00", "10.00"),
        ("3410", "0.00", "5.00"),
    ]
    assert sides(of_release([("fee", Decimal("-10.00"))], Chart())) == [
        ("2300", "0.00", "10.00"),
        ("3400", "10.00", "0.00"),
    ]


kinds = st.sampled_from(["fee", "licence", "labour", "travel", "expense", "parts"])
nets = st.integers(-5_000_00, 5_000_00).map(lambda n: str(Decimal(n).scaleb(-2)))
lines_of = st.lists(
    st.builds(line, kinds, nets, st.sampled_from(["8.1", "7.7", "2.6", "0"]), st.sampled_from(["c-1", None])),
    min_size=1,
)


@for_all(lines_of, st.sampled_from(["invoice", "collective_invoice", "credit_note"]))
def test_debit_equals_credit_to_the_cent_in_every_entry(lines: list[DocumentLine], kind: Any) -> None:
    entry = of_document(of(*lines, kind=kind), OWN_RATE)
    assert balance(entry) == balance(reversed_lines(entry)) == 0
    assert all((each.debit > 0) != (each.credit > 0) and each.debit >= 0 and each.credit >= 0 for each in entry)


def post(**more: Any) -> Post:
    told: dict[str, Any] = {
        "entry_id": UUID(int=1), "source": "invoice", "reference": "R2026-0001", "debtor_id": "K1", "currency": "CHF",
        "dated": day, "lines": of_payment(Decimal("1.00"), Chart()),
    }  # fmt: skip
    return Post.model_validate({**told, **more})


def test_an_entry_is_posted_once_and_nothing_is_no_entry() -> None:
    (event,) = given().when(post())
    assert isinstance(event, JournalPosted)
    assert (event.posted_on, event.dated) == (day, day)
    assert given(event).when(post()) == []
    assert given(event).when(post(newest_closed=day)) == []
    assert given().when(post(lines=())) == []


def test_an_entry_of_a_closed_month_stands_in_the_next_open_one_and_keeps_its_date() -> None:
    (event,) = given().when(post(newest_closed=date(2026, 7, 1)))
    assert isinstance(event, JournalPosted)
    assert (event.posted_on, event.dated) == (date(2026, 8, 1), day)


def test_an_entry_that_does_not_balance_is_refused() -> None:
    given().refuses(post(lines=of_payment(Decimal("1.00"), Chart())[:1]), because="R2026-0001 with equal debit")


@pytest.mark.parametrize("event", given().when(post()))
def test_an_event_reads_back_as_it_was_written(event: JournalPosted) -> None:
    assert JournalPosted.model_validate_json(event.model_dump_json()) == event
