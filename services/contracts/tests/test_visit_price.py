"""A position may cost so much a visit, or a share of its object's value (S66)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from carnet.contracts.domain.amendments import AddPosition, Change, Reprice, RepriceVisit
from carnet.contracts.domain.applicable import agreed
from carnet.contracts.domain.contract import Amend, Command, ContractAmended, Sign, contract
from carnet.contracts.domain.coverage import Command as Visits
from carnet.contracts.domain.coverage import Consume, Decide, Release, Reopen, coverage
from carnet.contracts.domain.entitlement import Charge, judge
from carnet.contracts.domain.terms import Coverage, Price, Shares, Terms, Version, VisitPrice, price_of_share
from carnet.contracts.publishing import publish
from carnet.events.contracts import CoverageDecided
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given, repeated_adds_nothing

NEW_YEAR, JULY = date(2026, 1, 1), date(2026, 7, 1)
PRICE = VisitPrice(valid_from=NEW_YEAR, amount=Decimal(190))
HALF_PARTS = Coverage(valid_from=NEW_YEAR, visits=1, shares=Shares(parts=Decimal("0.5")))


def visited(terms: Terms, *prices: VisitPrice, coverages: tuple[Coverage, ...] = (HALF_PARTS,)) -> Version:
    first, *others = terms.positions
    positions = (first.model_copy(update={"visit_prices": prices or (PRICE,)}), *others)
    whole = terms.model_copy(update={"positions": positions, "coverages": coverages})
    return Version(contract_id="C-1", number=1, valid_from=NEW_YEAR, recorded=NEW_YEAR, terms=whole)


def order(version: Version, order_id: str = "O-1", *, planned: bool = True) -> Decide:
    return Decide(
        order_id=order_id,
        object_id="object-A",
        order_type="maintenance",
        service_date=NEW_YEAR,
        planned=planned,
        agreed=agreed(version, ["object-A"], NEW_YEAR),
    )


def test_the_price_of_a_visit_stands_for_its_labour_and_travel(c1: Terms) -> None:
    [decided] = Given(coverage)().when(order(visited(c1)))
    told = publish(decided)
    assert isinstance(told, CoverageDecided)
    assert told.visit_price is not None
    assert (told.covered, told.visit_price.amount, told.visit_price.currency) == (True, Decimal(190), "CHF")
    assert told.shares.model_dump(exclude={"expense"}) == {"labour": 1, "travel": 1, "parts": Decimal("0.5")}


def test_only_a_planned_visit_has_the_price(c1: Terms) -> None:
    for command in (order(visited(c1), planned=False), order(visited(c1, coverages=()), planned=False)):
        [decided] = Given(coverage)().when(command)
        assert publish(decided).visit_price is None  # type: ignore[union-attr]


def test_a_visit_beyond_the_covered_ones_still_has_its_price(c1: Terms) -> None:
    version = visited(c1)
    verdicts = [judge("maintenance", order(version).agreed, n, planned=True) for n in (1, 2)]
    assert [verdict.reason for verdict in verdicts] == ["covered", "visit-price"]
    assert [verdict.shares.parts for verdict in verdicts] == [Decimal("0.5"), 0]
    assert {verdict.visit_price for verdict in verdicts} == {Charge(amount=Decimal(190), currency="CHF")}
    assert judge("maintenance", order(visited(c1, coverages=())).agreed, 1, planned=True).reason == "visit-price"


def test_an_order_reopened_without_a_visit_left_keeps_the_price(c1: Terms) -> None:
    version = visited(c1)
    given = Given(coverage)
    sent: list[Visits] = [order(version), Release(order_id="O-1"), order(version, "O-2")]
    history: list[Any] = []
    for command in sent:
        history += given(*history).when(command)
    [again] = given(*history).when(Reopen(order_id="O-1"))
    assert publish(again).visit_price.amount == 190  # type: ignore[union-attr]
    repeated_adds_nothing(coverage, [*sent, Reopen(order_id="O-1"), Consume(order_id="O-2")])


def test_a_price_holds_from_its_day(c1: Terms) -> None:
    version = visited(c1, PRICE, VisitPrice(valid_from=JULY, amount=Decimal(205)))
    found = [agreed(version, ["object-A"], day).visit_price for day in (date(2026, 6, 30), JULY)]
    assert [charge and charge.amount for charge in found] == [190, 205]
    assert agreed(version, ["object-C"], JULY).visit_price is None


def amended(terms: Terms, *changes: Change) -> ContractAmended:
    given = Given(contract)
    signed = given().when(Sign(contract_id="C-1", terms=terms, recorded=NEW_YEAR))
    [event] = given(*signed).when(Amend(changes=changes, recorded=JULY))
    assert isinstance(event, ContractAmended)
    return event


def test_the_price_of_a_visit_and_a_new_value_are_amendments(c1: Terms) -> None:
    visit = RepriceVisit(position_id="A", visit_price=VisitPrice(valid_from=JULY, amount=Decimal(205)))
    valued = Reprice(position_id="C", price=price_of_share(JULY, Decimal(40000), Decimal("0.0125")))
    event = amended(c1, visit, valued)
    a, c = event.version.terms.positions
    assert (event.version.valid_from, a.visit_prices[-1].amount, c.prices[-1].fee) == (
        JULY,
        Decimal(205),
        Decimal(500),
    )
    told = publish(event)
    assert told is not None
    assert told.reason == "visit of position A 205 from 2026-07-01; fee of position C 500.0000 from 2026-07-01"  # type: ignore[attr-defined]
    assert told.terms.positions[0].visit_prices[0].amount == 205  # type: ignore[attr-defined]
    assert told.terms.positions[1].prices[-1].value == 40000  # type: ignore[attr-defined]


def test_a_price_follows_from_value_and_share_and_is_not_rounded() -> None:
    price = price_of_share(NEW_YEAR, Decimal("123456.70"), Decimal("0.0185"))
    assert price.fee == Decimal("2283.94895")
    for wrong in ({"value": 100}, {"share": "0.5"}, {"value": 100, "share": "0.5", "fee": 49}):
        with pytest.raises(ValidationError):
            Price.model_validate({"valid_from": NEW_YEAR, "fee": 50, **wrong})


def test_prices_of_visits_are_dated_within_their_position(c1: Terms) -> None:
    early = VisitPrice(valid_from=date(2025, 12, 31), amount=Decimal(1))
    with pytest.raises(Rejected, match="date its price per visit on or after that day"):
        amended(c1, RepriceVisit(position_id="A", visit_price=early))
    sent: list[Command] = [Sign(contract_id="C-1", terms=visited(c1).terms, recorded=NEW_YEAR)]
    position = replace_id(visited(c1).terms, "D")
    sent += [Amend(changes=(AddPosition(position=position),), recorded=JULY)]
    repeated_adds_nothing(contract, sent)


def replace_id(terms: Terms, position_id: str) -> Any:
    return terms.positions[0].model_copy(update={"position_id": position_id})


async def test_prices_of_visits_and_values_are_signed_and_amended_over_http(firm: Any, bodies: dict[str, Any]) -> None:
    a, c = bodies["C-1"]["positions"]
    a = {**a, "visit_price": "190.00"}
    c = {**{name: value for name, value in c.items() if name != "fee"}, "value": "40000.00", "share": "0.0125"}
    contract_id = await firm.sign({**bodies["C-1"], "positions": [a, c]})
    await firm.amend(
        contract_id,
        "2026-06-01",
        {"change": "reprice_visit", "position_id": "A", "amount": "205.00", "valid_from": "2026-07-01"},
        {"change": "reprice", "position_id": "C", "value": "44000", "share": "0.0125", "valid_from": "2026-07-01"},
    )
    first, second = (await firm.suite.get("/contracts/C-1")).json()["terms"]["positions"]
    assert [price["amount"] for price in first["visit_prices"]] == ["190.00", "205.00"]
    assert [Decimal(price["fee"]) for price in second["prices"]] == [500, 550]
    lacking = {"change": "reprice", "position_id": "C", "valid_from": "2026-08-01"}
    refused = await firm.suite.post(f"/contracts/{contract_id}/amendments", {"changes": [lacking]})
    assert (refused.status_code, "Name the fee a year" in refused.text) == (409, True)
    both = {**lacking, "fee": "1", "value": "44000", "share": "0.0125"}
    assert (await firm.suite.post(f"/contracts/{contract_id}/amendments", {"changes": [both]})).status_code == 422


async def test_prices_of_visits_and_values_are_written_in_the_forms(firm: Any) -> None:
    await firm.know()
    await firm.register("lift-B")
    await firm.suite.settle()
    form = {"number": "C-7", "debtor": "K1", "start": "2026-01-01", "rows": "2", "do": "sign", "object_0": "LIFT-A"}
    valued = {**form, "visit_0_0": "190", "object_1": "LIFT-B", "value_1_0": "123'456.70"}
    half = await firm.send("/contracts/pages/offers/new", valued)
    assert (half.status_code, 'id="error-share_1_0"' in half.text) == (422, True)
    signed = await firm.send("/contracts/pages/offers/new", {**valued, "share_1_0": "1.85"})
    shown = await firm.page(signed.headers["location"])
    for words in ("CHF\u00a0190.00", "1.85 % de CHF\u00a0123’456.70", "CHF\u00a02’283.95"):
        assert words in shown
    address = f"{signed.headers['location'].split('?')[0]}/amendments"
    visit = {"what": "reprice_visit", "position_id": "1", "day": "2026-07-01"}
    unpriced = await firm.send(address, visit)
    assert (unpriced.status_code, 'id="error-visit">À remplir' in unpriced.text) == (422, True)
    await firm.send(address, {**visit, "visit": "205"})
    value = {"what": "reprice", "position_id": "2", "day": "2026-07-01", "value": "130000"}
    half = await firm.send(address, value)
    assert (half.status_code, 'id="error-share">À remplir' in half.text) == (422, True)
    await firm.send(address, {**value, "share": "1.85"})
    await firm.suite.settle()
    first, second = (await firm.suite.get("/contracts/C-7")).json()["terms"]["positions"]
    assert (first["visit_prices"][-1]["amount"], Decimal(second["prices"][-1]["fee"])) == ("205", Decimal(2405))
