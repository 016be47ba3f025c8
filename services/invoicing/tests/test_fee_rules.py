"""The rules by which a contract's fees are counted, split and billed, an example each (R2, R3, R4, R8)."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.invoicing.domain.contract_account import Bill, Event, FeesClaimed, contract_account
from carnet.invoicing.domain.cover import changed_days
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.terms import ContractTerms, Position, Price, Suspension, days_with_a_fee
from carnet.invoicing.domain.vat import VatRate
from carnet.kernel.testing import Given

given = Given(contract_account)
jan, jul, JUNE_30 = date(2026, 1, 1), date(2026, 7, 1), date(2026, 6, 30)
vat = (VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),)
half_yearly = Billing(every_months=6, anchor=jan)


def position(fee: str = "1200.00", last_day: date | None = None) -> Position:
    prices = (Price(valid_from=jan, fee=Decimal(fee)),)
    return Position(position_id="A", first_day=jan, last_day=last_day, prices=prices)


terms = ContractTerms(
    contract_id="1",
    version=1,
    currency="CHF",
    debtor_id="2",
    start=jan,
    billing=half_yearly,
    positions=(position(),),
)


def bill(run_date: date, terms: ContractTerms = terms) -> Bill:
    return Bill(run_date=run_date, terms=terms, vat=vat, payable_step=Decimal("0.05"))


def claimed(*history: Event, run: Bill) -> FeesClaimed:
    (event,) = given(*history).when(run)
    assert isinstance(event, FeesClaimed)
    return event


def priced(*prices: tuple[date, str], last_day: date | None = None) -> ContractTerms:
    agreed = tuple(Price(valid_from=since, fee=Decimal(fee)) for since, fee in prices)
    return terms.model_copy(update={"positions": (position(last_day=last_day).model_copy(update={"prices": agreed}),)})


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (priced((jan, "1200")), priced((jan, "1300")), (jan, JUNE_30)),
        (priced((jan, "1200")), priced((jan, "1200"), last_day=date(2026, 6, 29)), (JUNE_30, JUNE_30)),
        (priced((jan, "1200")), priced((jan, "1200"), (JUNE_30, "9999")), (JUNE_30, JUNE_30)),
        (
            priced((jan, "1200"), (date(2026, 4, 1), "1300")),
            priced((jan, "1200"), (date(2026, 4, 1), "1400")),
            (date(2026, 4, 1), JUNE_30),
        ),
    ],
)
def test_a_correction_is_of_the_days_whose_cover_or_price_changed(
    before: ContractTerms, after: ContractTerms, days: tuple[date, date]
) -> None:
    billed = claimed(run=bill(jan, before))
    (line,) = claimed(billed, run=bill(jan, after)).documents[0].lines
    assert (line.first_day, line.last_day) == days
    (segment,) = claimed(run=bill(jan)).reached[0].cover
    assert changed_days((segment,), (segment,), (jan, JUNE_30)) is None


@pytest.mark.parametrize(
    ("suspension", "rest"),
    [
        ((date(2025, 11, 1), date(2025, 11, 30)), [(jan, JUNE_30)]),
        ((jul, None), [(jan, JUNE_30)]),
        ((date(2025, 12, 1), jan), [(date(2026, 1, 2), JUNE_30)]),
        ((JUNE_30, None), [(jan, date(2026, 6, 29))]),
        ((date(2026, 3, 1), date(2026, 3, 31)), [(jan, date(2026, 2, 28)), (date(2026, 4, 1), JUNE_30)]),
        ((date(2026, 1, 2), date(2026, 6, 29)), [(jan, jan), (JUNE_30, JUNE_30)]),
        ((jan, JUNE_30), []),
    ],
)
def test_suspended_days_bear_no_fee_unless_the_contract_says_that_it_goes_on(
    suspension: tuple[date, date | None], rest: list[tuple[date, date]]
) -> None:
    paused = terms.model_copy(update={"suspensions": (Suspension(first_day=suspension[0], last_day=suspension[1]),)})
    assert days_with_a_fee(paused, jan, JUNE_30) == rest
    assert days_with_a_fee(paused.model_copy(update={"suspended_fee": "due"}), jan, JUNE_30) == [(jan, JUNE_30)]


def fresh(fee: str, first_day: date = jan, **more: object) -> ContractTerms:
    prices = (Price(valid_from=first_day, fee=Decimal(fee)),)
    agreed = position().model_copy(update={"first_day": first_day, "prices": prices})
    return terms.model_copy(update={"positions": (agreed,), **more})


def test_a_fee_of_less_than_a_franc_is_billed_and_rounded_to_the_step() -> None:
    """1.00 a year: 0.50 and VAT of 0.04 are 0.54, payable 0.55."""
    (document,) = claimed(run=bill(jan, fresh("1.00"))).documents
    assert (document.kind, document.totals.net, document.totals.payable) == (
        "invoice",
        Decimal("0.50"),
        Decimal("0.55"),
    )


def test_r4_a_subscription_is_not_billed_from_here() -> None:
    assert given().when(bill(jan, fresh("1200.00", kind="subscription"))) == []


def test_r8_lines_are_in_the_order_of_their_positions_and_so_is_the_document_on_any_machine() -> None:
    """Its id is made of the keys of its lines."""
    other = position("480.00").model_copy(update={"position_id": "0"})
    (document,) = claimed(run=bill(jan, terms.model_copy(update={"positions": (position(), other)}))).documents
    assert [line.position_id for line in document.lines] == ["0", "A"]
    assert str(document.document_id) == "e4807d54-5155-5790-b9c1-55f8f5e4a7f2"


@pytest.mark.parametrize(
    ("proration", "anchor", "net"),
    [
        ("days", jan, "145.86"),  # 1200 / 2 x 44 days of 181
        ("months", jan, "145.16"),  # 1200 / 12 x (14/31 of May + June)
        ("months", date(2026, 1, 15), "192.27"),  # 1200 / 2 x 58 days of 181 up to 14 July: no whole months
    ],
)
def test_r2_a_part_of_a_period_is_counted_by_days_or_by_months(proration: str, anchor: date, net: str) -> None:
    cycle = Billing(every_months=6, anchor=anchor)
    agreed = fresh("1200.00", date(2026, 5, 18), proration=proration, billing=cycle)
    (line,) = claimed(run=bill(anchor, agreed)).documents[0].lines
    assert line.net == Decimal(net)


def test_r2_a_position_that_was_never_covered_is_credited_in_whole_by_months_too() -> None:
    by_months = terms.model_copy(update={"proration": "months"})
    never = by_months.model_copy(update={"positions": (position(last_day=date(2025, 12, 31)),)})
    billed = claimed(run=bill(jan, by_months))
    assert claimed(billed, run=bill(jan, never)).documents[0].totals.net == Decimal("600.00")


@pytest.mark.parametrize(
    ("since", "anchor", "split", "nets"),
    [
        (date(2026, 4, 1), jan, "months", ["300.00", "300.00"]),
        (date(2026, 4, 15), jan, "days", ["344.75", "255.25"]),  # 104 days of 181
        (date(2026, 4, 1), date(2026, 1, 15), "days", ["251.93", "348.07"]),  # 76 days of 181
    ],
)
def test_r3_a_period_is_split_by_months_where_the_rate_changes_between_two_of_them_else_by_days(
    since: date, anchor: date, split: str, nets: list[str]
) -> None:
    announced = (*vat, VatRate(valid_from=since, rate=Decimal("9.0")))
    run = bill(anchor, fresh("1200.00", anchor, billing=Billing(every_months=6, anchor=anchor)))
    lines = claimed(run=run.model_copy(update={"vat": announced})).documents[0].lines
    assert [(str(line.net), line.proof.split) for line in lines] == [(net, split) for net in nets]


@pytest.mark.parametrize(
    ("first_day", "last_day", "net"),
    [
        (JUNE_30, JUNE_30, "3.31"),  # 600 x 1 day of 181
        (jan, jan, "3.31"),
        (date(2026, 5, 18), date(2026, 5, 18), "3.31"),
        (date(2026, 5, 18), date(2026, 5, 1), None),  # never covered
        (jul, None, None),
    ],
)
def test_r2_a_position_is_billed_for_the_days_that_it_is_covered_and_for_no_others(
    first_day: date, last_day: date | None, net: str | None
) -> None:
    agreed = fresh("1200.00", first_day)
    ends = agreed.positions[0].model_copy(update={"last_day": last_day})
    events = given().when(bill(jan, agreed.model_copy(update={"positions": (ends,)})))
    nets = [d.totals.net for event in events if isinstance(event, FeesClaimed) for d in event.documents]
    assert nets == ([] if net is None else [Decimal(net)])


def test_a_contract_without_refund_keeps_the_fee_of_the_period_in_which_a_position_ends() -> None:
    history: list[Event] = [claimed(run=bill(jan))]
    history.append(claimed(*history, run=bill(jul)))
    ends = position(last_day=date(2026, 8, 31))
    keeps = terms.model_copy(update={"version": 2, "positions": (ends,), "refund": "none"})
    for day in (jul, date(2027, 1, 1)):
        assert not any(isinstance(event, FeesClaimed) for event in given(*history).when(bill(day, keeps)))


def test_a_price_may_hold_for_the_first_day_of_a_period_alone() -> None:
    """1200.00 on 1 January, then 2400.00: (1200 x 1 + 2400 x 180) / 2 / 181."""
    (document,) = claimed(run=bill(jan, priced((jan, "1200"), (date(2026, 1, 2), "2400")))).documents
    assert document.totals.net == Decimal("1196.69")


def test_a_position_that_was_never_covered_does_not_hold_the_billing_anchor() -> None:
    never = position(last_day=date(2025, 12, 31)).model_copy(update={"position_id": "N"})
    both = (never, *fresh("1200.00", jul).positions)
    late = terms.model_copy(update={"positions": both, "billing": Billing(every_months=6, anchor=jul)})
    assert claimed(run=bill(jul, late)).documents[0].totals.net == Decimal("600.00")


def test_a_period_in_arrears_is_billed_on_the_day_after_its_last_one() -> None:
    arrears = terms.model_copy(update={"billing": Billing(every_months=6, anchor=jan, timing="in_arrears")})
    assert given().when(bill(JUNE_30, arrears)) == []
    assert claimed(run=bill(jul, arrears)).documents[0].totals.net == Decimal("600.00")
