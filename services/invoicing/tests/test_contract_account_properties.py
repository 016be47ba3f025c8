"""Whatever is amended, run and voided in whatever order: billed ends as due, to the cent and per rate."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from carnet.invoicing.domain.contract_account import Bill, Event, FeesClaimed, VoidFees, contract_account
from carnet.invoicing.domain.money import to_cent
from carnet.invoicing.domain.periods import Billing, periods_due
from carnet.invoicing.domain.terms import ContractTerms, Position, Price, Suspension
from carnet.invoicing.domain.vat import VatRate

START, LAST_RUN = date(2023, 5, 31), date(2026, 2, 1)
VAT = (
    VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
    VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),
    VatRate(valid_from=date(2025, 3, 1), rate=Decimal("7.7")),
)
days = st.integers(0, 900).map(lambda n: START + timedelta(days=n))
fees = st.integers(0, 500_000).map(lambda cents: Decimal(cents) / 100)
Step: TypeAlias = tuple[str, date, Decimal] | date | int


@dataclass(frozen=True)
class Story:
    """An agreement under way: the newest terms and what was claimed."""

    terms: ContractTerms
    history: tuple[Event, ...] = ()

    def run(self, day: date) -> "Story":
        command = Bill(run_date=day, terms=self.terms, vat=VAT, payable_step=Decimal("0.05"))
        events = contract_account.decide(command, contract_account.fold(self.history))
        after = replace(self, history=(*self.history, *events))
        assert contract_account.decide(command, contract_account.fold(after.history)) == []
        return after

    def void(self, nth: int) -> "Story":
        claims = list(contract_account.fold(self.history).claims)
        if not claims:
            return self
        command = VoidFees(document_id=claims[nth % len(claims)], recorded=LAST_RUN)
        events = contract_account.decide(command, contract_account.fold(self.history))
        return replace(self, history=(*self.history, *events))

    def amend(self, change: tuple[str, date, Decimal]) -> "Story":
        kind, day, fee = change
        first, *others = self.terms.positions
        if kind == "reprice":
            first = first.model_copy(update={"prices": (*first.prices, Price(valid_from=day, fee=fee))})
        if kind == "remove":
            first = first.model_copy(update={"last_day": day})
        end = day if kind == "end" else self.terms.end
        suspended = self.terms.suspensions
        if kind == "suspend":  # for so many days, or until it is resumed; once more moves it
            last_day = day + timedelta(days=int(fee) % 200) if fee else None
            suspended = (Suspension(first_day=day, last_day=last_day),)
        update = {"positions": (first, *others), "end": end, "suspensions": suspended}
        return replace(self, terms=self.terms.model_copy(update=update))


def position(name: str, fee: Decimal) -> Position:
    return Position(position_id=name, first_day=START, prices=(Price(valid_from=START, fee=fee),))


@st.composite
def agreements(draw: st.DrawFn) -> Story:
    cycle = Billing(
        every_months=draw(st.sampled_from([1, 3, 6, 12])),
        anchor=draw(st.sampled_from([date(2023, 5, 1), START])),
        timing=draw(st.sampled_from(["in_advance", "in_arrears"])),
    )
    terms = ContractTerms(
        contract_id="1",
        version=1,
        currency="CHF",
        debtor_id="2",
        start=START,
        billing=cycle,
        positions=(position("A", draw(fees)), position("B", draw(fees))),
        proration=draw(st.sampled_from(["days", "months"])),
        refund=draw(st.sampled_from(["prorated", "none"])),
    )
    return Story(terms)


amendments = st.tuples(st.sampled_from(["reprice", "remove", "end", "suspend"]), days, fees)
steps = st.lists(st.one_of(amendments, days, st.integers(0, 9)), max_size=8)


def play(story: Story, told: list[Step]) -> Story:
    for step in told:
        if isinstance(step, tuple):
            story = story.amend(step)
        elif isinstance(step, date):
            story = story.run(step)
        else:
            story = story.void(step)
    return story.run(LAST_RUN)


def billed(story: Story) -> dict[tuple[object, ...], Decimal]:
    amounts = contract_account.fold(story.history).amounts
    return {key: amount for key, amount in amounts.items() if amount}


def is_suspended(terms: ContractTerms, day: date) -> bool:
    return any(each.first_day <= day <= (each.last_day or date.max) for each in terms.suspensions)


def due_day_by_day(terms: ContractTerms) -> Decimal:
    """An independent count: each covered day earns its own part of its period."""
    total = Decimal(0)
    for period in periods_due(terms.billing, LAST_RUN):
        for place in terms.positions:
            covered = Fraction(0)
            for n in range(period.days):
                day = period.first_day + timedelta(days=n)
                last_day = min(terms.end or date.max, place.last_day or date.max)
                if START <= day <= last_day and not is_suspended(terms, day):
                    fee = {p.valid_from: p.fee for p in place.prices}
                    covered += Fraction(fee[max(d for d in fee if d <= day)])
            exact = covered * terms.billing.every_months / (12 * period.days)
            total += Decimal(exact.numerator / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return total


@settings(max_examples=60, deadline=None)
@given(agreements(), steps)
def test_any_history_ends_with_what_a_single_run_bills(story: Story, told: list[Step]) -> None:
    ended = play(story, told)
    assert billed(ended) == billed(Story(ended.terms).run(LAST_RUN))


@settings(max_examples=40, deadline=None)
@given(agreements(), steps)
def test_billed_is_due_counted_day_by_day(story: Story, told: list[Step]) -> None:
    exact = replace(story, terms=story.terms.model_copy(update={"proration": "days", "refund": "prorated"}))
    ended = play(exact, told)
    assert sum(billed(ended).values(), Decimal(0)) == due_day_by_day(ended.terms)


@settings(max_examples=40, deadline=None)
@given(agreements(), st.lists(amendments, min_size=2, max_size=4), st.lists(days, max_size=3))
def test_the_order_of_amendments_with_different_targets_does_not_matter(
    story: Story, changes: list[tuple[str, date, Decimal]], runs: list[date]
) -> None:
    one_each = list({(c[0], c[1] if c[0] == "reprice" else None): c for c in changes}.values())
    forth = play(story, [*one_each, *runs])
    interleaved: list[Step] = []
    for change in reversed(one_each):
        interleaved += [change, *runs]
    back = play(story, interleaved)
    assert billed(forth) == billed(back)


@settings(max_examples=40, deadline=None)
@given(agreements(), steps)
def test_lines_add_up_to_their_document(story: Story, told: list[Step]) -> None:
    for event in play(story, told).history:
        for document in event.documents if isinstance(event, FeesClaimed) else ():
            foot = document.totals
            assert sum((line.net for line in document.lines), Decimal(0)) == foot.net
            assert foot.net + sum(foot.vat.values()) == foot.total == foot.payable - foot.rounding
            assert all(line.net > 0 for line in document.lines)
            assert all(line.net == abs(line.proof.due - line.proof.billed_before) for line in document.lines)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=400))
def test_a_fraction_is_rounded_half_away_from_zero(amount: Fraction) -> None:
    cents = Fraction(to_cent(amount)) * 100
    assert abs(cents - amount * 100) <= Fraction(1, 2)
    if abs(cents - amount * 100) == Fraction(1, 2):
        assert abs(cents) > abs(amount * 100)
