"""The lines of random stories, compared with a slow count that knows nothing but days."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import TypeAlias
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from carnet.invoicing.domain.contract_account import Bill, Event, FeesClaimed, VoidFees, contract_account
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.terms import ContractTerms, Position, Price
from carnet.invoicing.domain.vat import VatRate

START = date(2023, 7, 1)
CHANGES = {date(2018, 1, 1): Decimal("7.7"), date(2024, 1, 1): Decimal("8.1")}
MONTHS = 6
Line: TypeAlias = tuple[str, str, date, date, Decimal, Decimal]  # document, position, from, to, net, rate
Fees: TypeAlias = dict[date, Decimal]
Step: TypeAlias = tuple[str, str, date, Decimal]  # what, position, day, fee


def half_up(exact: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        ratio = Decimal(exact.numerator) / Decimal(exact.denominator)
        return ratio.quantize(Decimal("0.01"), ROUND_HALF_UP)


class ByDays:
    """The README of the scenarios, day by day."""

    def __init__(self) -> None:
        self.billed: dict[tuple[str, date, date], Decimal] = {}
        self.seen: dict[tuple[str, date], Fees] = {}
        self.claimed: dict[tuple[str, date, date], list[date]] = {}
        self.documents: list[list[tuple[tuple[str, date, date], Decimal]]] = []

    def run(self, terms: ContractTerms, day: date) -> list[Line]:
        found: list[tuple[Line, tuple[str, date, date]]] = []
        first = START
        while first <= day:
            last = next_half(first) - timedelta(days=1)
            for position in sorted(terms.positions, key=lambda p: p.position_id):
                found += self.place(terms, position, first, last)
            first = last + timedelta(days=1)
        invoice = [entry for entry in found if entry[0][0] == "invoice"]
        note = [entry for entry in found if entry[0][0] == "credit_note"]
        self.documents += [
            [(key, line[4] if line[0] == "invoice" else -line[4]) for line, key in document]
            for document in (invoice, note)
            if document
        ]
        return [line for line, _ in invoice + note]

    def place(
        self, terms: ContractTerms, position: Position, first: date, last: date
    ) -> list[tuple[Line, tuple[str, date, date]]]:
        place = (position.position_id, first)
        now = fees(terms, position, first, last)
        changed = {d for d in {*now, *self.seen.get(place, {})} if now.get(d) != self.seen.get(place, {}).get(d)}
        owed = due(now, first, last)
        lines = []
        for since in sorted({*owed, *(key[2] for key in self.billed if key[:2] == place)}):
            key = (*place, since)
            delta = owed.get(since, Decimal(0)) - self.billed.get(key, Decimal(0))
            self.billed[key] = owed.get(since, Decimal(0))
            within = [d for d in changed if since_of(d) == since]
            within = within or [d for d in now if since_of(d) == since] or self.claimed.get(key, [])
            if delta:
                self.claimed.setdefault(key, []).extend([min(within), max(within)])
                kind = "invoice" if delta > 0 else "credit_note"
                line = (kind, place[0], min(within), max(within), abs(delta), CHANGES[since])
                lines.append((line, key))
        self.seen[place] = now
        return lines

    def void(self, nth: int) -> None:
        for key, amount in self.documents[nth]:
            self.billed[key] -= amount
            self.seen[key[:2]] = {}


def next_half(first: date) -> date:
    return date(first.year + (first.month == 7), 7 if first.month == 1 else 1, 1)


def since_of(day: date) -> date:
    return max(since for since in CHANGES if since <= day)


def fees(terms: ContractTerms, position: Position, first: date, last: date) -> Fees:
    prices = {price.valid_from: price.fee for price in position.prices}
    ends = min(terms.end or date.max, position.last_day or date.max)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    covered = [day for day in days if position.first_day <= day <= ends]
    return {day: prices[max(since for since in prices if since <= day)] for day in covered}


def due(now: Fees, first: date, last: date) -> dict[date, Decimal]:
    length = (last - first).days + 1
    total = half_up(sum((Fraction(fee) for fee in now.values()), Fraction(0)) * MONTHS / (12 * length))
    rates = sorted({since_of(day) for day in now})
    parts: dict[date, Decimal] = {}
    for since in rates[:-1]:
        at_rate = [(day, fee) for day, fee in now.items() if since_of(day) == since]
        parts[since] = half_up(
            sum((Fraction(fee) / 12 / monthrange(d.year, d.month)[1] for d, fee in at_rate), Fraction(0))
        )
    return parts | {since: total - sum(parts.values(), Decimal(0)) for since in rates[-1:]}


def a_position(name: str, first_day: date, fee: str) -> Position:
    prices = (Price(valid_from=first_day, fee=Decimal(fee)),)
    return Position(position_id=name, first_day=first_day, prices=prices)


TERMS = ContractTerms(
    contract_id="1",
    version=1,
    currency="CHF",
    debtor_id="2",
    start=START,
    billing=Billing(every_months=MONTHS, anchor=START),
    positions=(a_position("A", START, "1200.00"), a_position("B", date(2023, 9, 15), "731.10")),
)


def amended(terms: ContractTerms, step: Step) -> ContractTerms:
    what, name, day, fee = step
    if what == "end":
        return terms.model_copy(update={"end": day})
    changes = {
        position.position_id: position.model_copy(
            update={"last_day": day}
            if what == "remove"
            else {"prices": (*position.prices, Price(valid_from=max(day, position.first_day), fee=fee))}
        )
        for position in terms.positions
        if position.position_id == name
    }
    positions = tuple(changes.get(position.position_id, position) for position in terms.positions)
    return terms.model_copy(update={"positions": positions})


def billed_lines(event: Event) -> list[Line]:
    documents = event.documents if isinstance(event, FeesClaimed) else ()
    return [
        (document.kind, line.position_id, line.first_day, line.last_day, line.net, line.vat_rate)
        for document in documents
        for line in document.lines
    ]


days = st.integers(-20, 700).map(lambda n: START + timedelta(days=n))
steps = st.lists(
    st.tuples(
        st.sampled_from(["bill", "bill", "bill", "void", "remove", "reprice", "reprice", "end"]),
        st.sampled_from(["A", "B"]),
        days,
        st.sampled_from([Decimal("0.00"), Decimal("900.00"), Decimal("1200.00"), Decimal("3333.33")]),
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_every_line_agrees_with_a_count_by_days(told: list[Step]) -> None:
    terms, count = TERMS, ByDays()
    history: list[Event] = []
    claimed: list[UUID] = []
    for step in [*told, ("bill", "A", date(2025, 6, 1), Decimal(0))]:
        state = contract_account.fold(history)
        if step[0] == "bill":
            vat = tuple(VatRate(valid_from=since, rate=rate) for since, rate in CHANGES.items())
            events = contract_account.decide(Bill(run_date=step[2], terms=terms, vat=vat), state)
            assert [line for event in events for line in billed_lines(event)] == count.run(terms, step[2])
            claimed += [d.document_id for e in events if isinstance(e, FeesClaimed) for d in e.documents]
            history += events
        elif step[0] == "void" and claimed and not state.claims[claimed[-1]].voided:
            history += contract_account.decide(VoidFees(document_id=claimed[-1], recorded=START), state)
            count.void(-1)
        else:
            terms = amended(terms, step)
