"""The VAT rate follows from a tax code (article, place, debtor) and the day of service (R3)."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.invoicing.domain.billable import ClaimWork, Event, WorkClaimed, billable
from carnet.invoicing.domain.contract_account import Bill, FeesClaimed, contract_account
from carnet.invoicing.domain.order_facts import CompletionNoted, CoverageNoted, OrderNoted, WorkNoted
from carnet.invoicing.domain.periods import Billing
from carnet.invoicing.domain.price_list import ListPrice
from carnet.invoicing.domain.tax import ItemTax, TaxCode, TaxCodes, category, fee_table, item_tax, table_of
from carnet.invoicing.domain.terms import ContractTerms, Position, Price
from carnet.invoicing.domain.vat import VatRate, rate_on
from carnet.invoicing.domain.work_lines import Coverage, WorkItem, work_line
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given


def entry(since: date, rate: str) -> VatRate:
    return VatRate(valid_from=since, rate=Decimal(rate))


y2018, y2024, apr = date(2018, 1, 1), date(2024, 1, 1), date(2026, 4, 1)
rates = {
    "standard": (entry(y2018, "7.7"), entry(y2024, "8.1")),
    "reduced": (entry(y2018, "2.5"), entry(y2024, "2.6")),
}
abroad: TaxCodes = (TaxCode(valid_from=apr, code="reverse_charge"),)
reduced_place: TaxCodes = (TaxCode(valid_from=y2018, code="reduced"),)


def shown(tax: ItemTax, day: date) -> tuple[str, Decimal, str]:
    rate = rate_on(tax.rates, day)
    return rate.code, rate.rate, tax.decided_by


def test_r3_the_debtors_code_comes_before_the_places_and_that_before_the_articles() -> None:
    march, april = date(2026, 3, 31), apr
    assert shown(item_tax("standard", (), (), april, rates), april) == ("standard", Decimal("8.1"), "article")
    assert shown(item_tax("reduced", (), (), april, rates), april) == ("reduced", Decimal("2.6"), "article")
    assert shown(item_tax("standard", reduced_place, (), april, rates), april) == ("reduced", Decimal("2.6"), "place")
    assert shown(item_tax("standard", reduced_place, abroad, march, rates), march)[2] == "place"
    assert shown(item_tax("standard", reduced_place, abroad, april, rates), april) == (
        "reverse_charge", Decimal(0), "debtor",
    )  # fmt: skip


def test_r3_the_rate_of_a_code_follows_the_day_of_service() -> None:
    reduced = table_of("reduced", (), rates)
    assert rate_on(reduced, date(2023, 12, 31)).rate == Decimal("2.5")
    assert rate_on(reduced, y2024).rate == Decimal("2.6")


def test_r3_codes_hold_by_their_dates_in_whatever_order_they_were_entered() -> None:
    entered: TaxCodes = (*abroad, *reduced_place)
    assert shown(item_tax("standard", entered, (), apr, rates), apr)[0] == "reverse_charge"
    assert [each.code for each in table_of("standard", entered, rates)] == ["reduced", "reduced", "reverse_charge"]


def test_r3_a_code_that_begins_with_a_new_rate_has_that_rate_alone() -> None:
    begins: TaxCodes = (TaxCode(valid_from=y2024, code="reduced"),)
    found = [(each.valid_from, each.rate) for each in table_of("standard", begins, rates)]
    assert found == [(y2018, Decimal("7.7")), (y2024, Decimal("2.6"))]


def test_a_code_without_rates_or_before_its_first_one_says_what_to_enter() -> None:
    with pytest.raises(Rejected, match="Enter the VAT rates of the tax code lodging"):
        item_tax("lodging", (), (), apr, rates)
    with pytest.raises(Rejected, match="2017-12-31 for the tax code reduced"):
        rate_on(table_of("reduced", (), rates), date(2017, 12, 31))
    with pytest.raises(Rejected, match="2017-01-01 for the tax code reduced"):
        table_of("standard", (TaxCode(valid_from=date(2017, 1, 1), code="reduced"),), rates)


def test_categories_are_those_of_en_16931() -> None:
    assert [category(code, Decimal(0)) for code in ("exempt", "reverse_charge", "export", "zero")] == [
        "E", "AE", "G", "Z",
    ]  # fmt: skip
    assert category("reduced", Decimal("2.6")) == "S"


def test_r3_a_line_of_work_says_which_code_it_bears_and_what_decided_it() -> None:
    told = {"item_id": "1", "kind": "repair", "quantity": "1", "service_date": apr}
    tax = item_tax("standard", reduced_place, (), apr, rates)
    line = work_line(WorkItem.model_validate(told), {"1": Decimal(145)}, Coverage(), tax)
    assert (line.vat_rate, line.tax_code, line.tax_decided_by) == (Decimal("2.6"), "reduced", "place")


def test_r3_each_line_of_an_order_has_its_own_tax_and_names_its_price_list() -> None:
    items = [{"item_id": n, "kind": "repair", "quantity": "1", "service_date": apr} for n in ("1", "2")]
    order: list[Event] = [
        OrderNoted(order_id="9", order_kind="fault", debtor_id="K1", object_id="A"),
        WorkNoted(report_id="r", items=tuple(WorkItem.model_validate(each) for each in items)),
        CoverageNoted(coverage=Coverage()),
        CompletionNoted(closed_on=apr),
    ]
    special = ListPrice(customer_id="K1", valid_from=y2024, unit_price=Decimal(120))
    command = ClaimWork(
        claimed_on=apr, rule="at_once", currency="CHF", unit_prices={"1": Decimal(145), "2": Decimal(120)},
        price_lists={"2": special}, vat=rates["standard"],
        taxes={"2": item_tax("standard", reduced_place, (), apr, rates)},
    )  # fmt: skip
    (claim,) = Given(billable)(*order).when(command)
    assert isinstance(claim, WorkClaimed)
    assert [(line.tax_code, line.price_list) for line in claim.lines] == [("standard", None), ("reduced", special)]


def terms() -> ContractTerms:
    lift = Position(
        position_id="lift", first_day=date(2026, 1, 1), prices=(Price(valid_from=date(2026, 1, 1), fee=Decimal(1200)),)
    )
    return ContractTerms(
        contract_id="c", version=1, currency="CHF", debtor_id="d", start=date(2026, 1, 1),
        billing=Billing(every_months=12, anchor=date(2026, 1, 1)), positions=(lift,),
    )  # fmt: skip


def bill(*codes: TaxCode) -> Bill:
    return Bill(run_date=date(2026, 1, 1), terms=terms(), vat=fee_table((), codes, rates))


def figures(claim: FeesClaimed) -> list[tuple[str, str, Decimal, Decimal]]:
    return [(d.kind, line.tax_code, line.vat_rate, line.net) for d in claim.documents for line in d.lines]


def test_r3_a_fee_is_split_on_the_day_on_which_its_debtor_is_abroad() -> None:
    """1200.00 for 2026, abroad from April: three months at 8.1 %, nine at 0 %."""
    (claim,) = Given(contract_account)().when(bill(*abroad))
    assert isinstance(claim, FeesClaimed)
    assert figures(claim) == [
        ("invoice", "standard", Decimal("8.1"), Decimal("300.00")),
        ("invoice", "reverse_charge", Decimal(0), Decimal("900.00")),
    ]
    assert [line.tax_decided_by for line in claim.documents[0].lines] == ["default", "debtor"]
    assert claim.documents[0].totals.vat == {Decimal(0): Decimal("0.00"), Decimal("8.1"): Decimal("24.30")}


def test_r3_a_code_that_is_known_late_credits_at_the_old_rate_and_bills_at_the_new_one() -> None:
    (first,) = Given(contract_account)().when(bill())
    (second,) = Given(contract_account)(first).when(bill(*abroad))
    assert isinstance(second, FeesClaimed)
    assert figures(second) == [
        ("invoice", "reverse_charge", Decimal(0), Decimal("900.00")),
        ("credit_note", "standard", Decimal("8.1"), Decimal("900.00")),
    ]
    assert Given(contract_account)(first, second).when(bill(*abroad)) == []
    (third,) = Given(contract_account)(first, second).when(bill())
    assert isinstance(third, FeesClaimed)
    assert figures(third) == [
        ("invoice", "standard", Decimal("8.1"), Decimal("900.00")),
        ("credit_note", "reverse_charge", Decimal(0), Decimal("900.00")),
    ]


def test_a_position_has_rates_of_its_own() -> None:
    own = {"lift": fee_table(reduced_place, (), rates)}
    (claim,) = Given(contract_account)().when(bill().model_copy(update={"vat_of": own}))
    assert isinstance(claim, FeesClaimed)
    assert figures(claim) == [("invoice", "reduced", Decimal("2.6"), Decimal("1200.00"))]
