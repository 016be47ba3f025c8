"""What a claim records: ids, sequences, corrected invoices and the proof."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from carnet.invoicing.domain.claims import corrected_line
from carnet.invoicing.domain.contract_account import (
    Bill,
    Event,
    FeesClaimed,
    FeesVoided,
    PeriodsReached,
    VoidFees,
    claimed_on,
    contract_account,
)
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.terms import ContractTerms, Position, Price
from carnet.invoicing.domain.vat import VatRate
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(contract_account)
jan, jul, aug = date(2026, 1, 1), date(2026, 7, 1), date(2026, 8, 31)
vat = (VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),)
lift = "lift A"
MARCH = Price(valid_from=date(2026, 3, 1), fee=Decimal("1200.00"))


def position(fee: str = "1200.00", last_day: date | None = None) -> Position:
    prices = (Price(valid_from=jan, fee=Decimal(fee)),)
    return Position(position_id="A", object_id=lift, first_day=jan, last_day=last_day, prices=prices)


half_yearly = Billing(every_months=6, anchor=jan)
terms = ContractTerms(
    contract_id="1",
    version=1,
    currency="CHF",
    debtor_id="2",
    start=jan,
    billing=half_yearly,
    positions=(position(),),
)
removed = terms.model_copy(update={"version": 2, "positions": (position(last_day=aug),)})


def bill(run_date: date, terms: ContractTerms = terms) -> Bill:
    return Bill(run_date=run_date, terms=terms, vat=vat, payable_step=Decimal("0.05"))


def claimed(*history: Event, run: Bill) -> FeesClaimed:
    (event,) = given(*history).when(run)
    assert isinstance(event, FeesClaimed)
    return event


first = claimed(run=bill(jan))
second = claimed(first, run=bill(jul))
credit = claimed(first, second, run=bill(jul, removed))


def test_the_same_bill_has_the_same_ids_on_any_machine() -> None:
    assert claimed(run=bill(jan)) == first
    assert str(first.documents[0].document_id) == "4c3261c2-0844-594f-bc66-ce1a3dc9e3d8"


def test_a_repeated_run_adds_nothing() -> None:
    assert given(first).when(bill(jan)) == []
    assert given(first, second, credit).when(bill(jul, removed)) == []


def test_r2_what_was_credited_is_billed_again_when_the_removal_is_revoked() -> None:
    again = claimed(first, second, credit, run=bill(jul, terms.model_copy(update={"version": 3})))
    assert [(each.kind, each.totals.net) for each in again.documents] == [("invoice", Decimal("397.83"))]


def test_a_credit_names_the_invoice_that_it_corrects() -> None:
    (note,) = credit.documents
    assert note.kind == "credit_note"
    assert note.lines[0].corrects == (second.documents[0].document_id,)
    assert (note.lines[0].net, note.totals.total) == (Decimal("397.83"), Decimal("430.05"))


def test_a_line_carries_its_whole_calculation() -> None:
    proof = credit.documents[0].lines[0].proof
    assert (proof.contract_version, proof.period_days, proof.every_months) == (2, 184, 6)
    assert Fraction(proof.fraction) == Fraction(1200 * 6 * 62, 12 * 184)
    assert (proof.due, proof.billed_before) == (Decimal("202.17"), Decimal("600.00"))
    (segment,) = proof.segments
    assert (segment.first_day, segment.last_day, segment.days) == (jul, aug, 62)


def test_a_line_names_its_object() -> None:
    assert first.documents[0].lines[0].object_id == lift


def test_a_voided_document_is_billed_again_under_the_next_sequence() -> None:
    void = VoidFees(document_id=first.documents[0].document_id, recorded=jul)
    (voided,) = given(first).when(void)
    again = claimed(first, voided, run=bill(jan))
    assert again.documents[0].totals == first.documents[0].totals
    assert again.documents[0].lines[0].sequence == 2
    assert again.documents[0].document_id != first.documents[0].document_id
    assert given(first, voided).when(void) == []


def test_a_credit_does_not_name_a_voided_invoice() -> None:
    void = FeesVoided(document_id=first.documents[0].document_id, recorded=jul)
    again = claimed(first, void, run=bill(jan))
    gone = terms.model_copy(update={"positions": (position(last_day=date(2026, 5, 31)),)})
    (note,) = claimed(first, void, again, run=bill(jan, gone)).documents
    assert note.lines[0].corrects == (again.documents[0].document_id,)


def test_a_document_of_another_contract_is_not_voided_here() -> None:
    given(first).refuses(VoidFees(document_id=uuid4(), recorded=jul), because="Name a document")


def test_a_free_period_is_reached_without_a_document() -> None:
    free = terms.model_copy(update={"positions": (position("0.00"),)})
    (event,) = given().when(bill(jan, free))
    assert isinstance(event, PeriodsReached)
    assert given(event).when(bill(jan, free)) == []
    other = free.model_copy(update={"billing": Billing(every_months=3, anchor=jan)})
    given(event).refuses(bill(jan, other), because="Sign a new contract")


def test_a_position_once_billed_stays_in_the_terms() -> None:
    given(first).refuses(bill(jul, terms.model_copy(update={"positions": ()})), because="Keep position A")


def test_the_billing_cycle_of_a_billed_contract_stays() -> None:
    monthly = terms.model_copy(update={"billing": Billing(every_months=1, anchor=jan)})
    given(first).refuses(bill(jul, monthly), because="Sign a new contract")
    earlier = Billing(every_months=6, anchor=jan, bill_days_before=30)
    assert claimed(first, run=bill(date(2026, 6, 1), terms.model_copy(update={"billing": earlier}))).documents


def test_a_position_taken_out_altogether_is_credited_even_after_its_credit_was_voided() -> None:
    never = terms.model_copy(update={"positions": (position(last_day=date(2025, 12, 31)),)})
    undone = claimed(first, run=bill(jan, never))
    void = FeesVoided(document_id=undone.documents[0].document_id, recorded=jul)
    assert claimed(first, undone, void, run=bill(jan, never)).documents[0].totals == undone.documents[0].totals


def test_a_credit_made_again_after_its_void_is_of_the_days_that_were_billed() -> None:
    """Billed from March on: nothing is covered any more, but January and February were never billed."""
    march = position().model_copy(update={"first_day": date(2026, 3, 1), "prices": (MARCH,)})
    never = march.model_copy(update={"last_day": date(2026, 2, 28)})
    billed = claimed(run=bill(jan, terms.model_copy(update={"positions": (march,)})))
    gone = bill(jan, terms.model_copy(update={"positions": (never,)}))
    undone = claimed(billed, run=gone)
    void = FeesVoided(document_id=undone.documents[0].document_id, recorded=jul)
    (line,) = claimed(billed, undone, void, run=gone).documents[0].lines
    assert (line.first_day, line.last_day) == (date(2026, 3, 1), date(2026, 6, 30))


def test_a_credit_line_corrects_the_line_of_its_own_rate() -> None:
    announced = (*vat, VatRate(valid_from=date(2026, 4, 1), rate=Decimal("9.0")))
    billed = claimed(run=bill(jan).model_copy(update={"vat": announced}))
    may = terms.model_copy(update={"positions": (position(last_day=date(2026, 4, 30)),)})
    undone = claimed(billed, run=bill(jan, may).model_copy(update={"vat": announced}))
    owed, (line,) = billed.documents[0], undone.documents[0].lines
    claims = contract_account.fold([billed, undone]).claims
    assert (line.vat_rate, owed.lines[1].vat_rate) == (Decimal("9.0"), Decimal("9.0"))
    assert corrected_line(line, claims) == (owed.document_id, owed.lines[1].line_id)
    assert Fraction(str(owed.lines[0].proof.part)) == 300
    assert owed.lines[1].proof.part is None


def test_r3_where_only_the_rest_of_a_split_moves_its_line_is_of_the_days_still_covered() -> None:
    """Billed to June, then to April only, then from 2 January on: the rest of April goes from 97.79 to 97.71."""
    announced = (*vat, VatRate(valid_from=date(2026, 4, 1), rate=Decimal("9.0")))
    ends = position(last_day=date(2026, 4, 30))
    day_two = date(2026, 1, 2)
    prices = (Price(valid_from=day_two, fee=Decimal(1200)),)
    begins = ends.model_copy(update={"first_day": day_two, "prices": prices})
    history: list[Event] = []
    for agreed in (position(), ends, begins):
        run = bill(jan, terms.model_copy(update={"positions": (agreed,)})).model_copy(update={"vat": announced})
        history.append(claimed(*history, run=run))
    last = history[-1]
    assert isinstance(last, FeesClaimed)
    (rest,) = [line for document in last.documents for line in document.lines if line.vat_rate == Decimal("9.0")]
    assert (rest.net, rest.first_day, rest.last_day) == (Decimal("0.08"), date(2026, 4, 1), date(2026, 4, 30))


def test_the_document_of_a_run_is_its_latest_that_stands() -> None:
    void = FeesVoided(document_id=first.documents[0].document_id, recorded=jul)
    again = claimed(first, void, run=bill(jan))
    history: list[Event] = [first, void, again, second]
    history.append(claimed(*history, run=bill(jul, removed)))
    state = contract_account.fold(history)
    assert claimed_on(state, jan, "invoice") == again.documents[0].document_id
    assert claimed_on(state, jul, "invoice") == second.documents[0].document_id
    assert claimed_on(state, jul, "credit_note") == credit.documents[0].document_id
    assert claimed_on(state, jan, "credit_note") is None
    assert claimed_on(contract_account.fold([first, void]), jan, "invoice") is None


def test_a_rate_announced_after_the_bill_is_corrected_at_both_rates() -> None:
    announced = (*vat, VatRate(valid_from=date(2026, 4, 1), rate=Decimal("9.0")))
    event = claimed(first, run=bill(jan).model_copy(update={"vat": announced}))
    owed, note = event.documents
    assert [(line.vat_rate, line.net) for line in owed.lines] == [(Decimal("9.0"), Decimal("300.00"))]
    assert [(line.vat_rate, line.net) for line in note.lines] == [(Decimal("8.1"), Decimal("300.00"))]
    assert {(line.first_day, line.last_day) for line in owed.lines + note.lines} == {
        (date(2026, 4, 1), date(2026, 6, 30))
    }


def test_a_credit_names_the_invoice_of_its_own_rate() -> None:
    announced = (*vat, VatRate(valid_from=date(2026, 4, 1), rate=Decimal("9.0")))
    corrected = claimed(first, run=bill(jan).model_copy(update={"vat": announced}))
    ends = terms.model_copy(update={"positions": (position(last_day=date(2026, 5, 31)),)})
    (note,) = claimed(first, corrected, run=bill(jan, ends).model_copy(update={"vat": announced})).documents
    assert [(line.vat_rate, line.corrects) for line in note.lines] == [
        (Decimal("9.0"), (corrected.documents[0].document_id,))
    ]


@pytest.mark.parametrize("event", [first, credit, FeesVoided(document_id=UUID(int=3), recorded=jul)])
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert adapter.validate_json(adapter.dump_json(event)) == event


def test_a_rest_below_nothing_is_credited_against_the_invoice_of_the_same_run() -> None:
    feb = date(2024, 2, 1)
    split = (*vat, VatRate(valid_from=date(2024, 3, 1), rate=Decimal("9.0")))
    prices = (Price(valid_from=feb, fee=Decimal("12000.00")),)
    brief = Position(position_id="A", first_day=feb, last_day=date(2024, 3, 1), prices=prices)
    update = {"start": feb, "positions": (brief,), "billing": Billing(every_months=12, anchor=feb)}
    run = Bill(run_date=feb, terms=terms.model_copy(update=update), vat=split)
    owed, note = claimed(run=run).documents
    # 12000 x 30 / 366 = 983.61 in all, but February alone is a whole month: 1000.00
    assert (owed.totals.net, note.totals.net) == (Decimal("1000.00"), Decimal("16.39"))
    assert note.lines[0].corrects == (owed.document_id,)
    claims = contract_account.fold([claimed(run=run)]).claims
    assert corrected_line(note.lines[0], claims) == (owed.document_id, owed.lines[0].line_id)


def test_a_position_does_not_start_before_its_contract() -> None:
    late = terms.model_copy(update={"start": jul})
    given().refuses(bill(jul, late), because="Cover A from 2026-07-01 or later")


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"billing": Billing(every_months=6, anchor=date(2026, 2, 1))}, "Set the billing anchor to 2026-01-01"),
        ({"positions": (position(), position())}, "A stands there twice"),
        ({"positions": (position().model_copy(update={"first_day": jul}),)}, "Date the price of A on 2026-07-01"),
        ({"positions": (position().model_copy(update={"prices": ()}),)}, "Give position A a price from its first day"),
    ],
)
def test_terms_that_no_bill_can_follow_from_are_refused(change: dict[str, object], because: str) -> None:
    with pytest.raises(Rejected, match=because):
        given().when(bill(jan, terms.model_copy(update=change)))
