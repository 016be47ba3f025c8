"""Equal agreements are equal values, and one that contradicts itself is refused at the field that is wrong."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.contracts.domain.agreement import arranged, checked, signable
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Position,
    Price,
    Reaction,
    Suspension,
    Terms,
    VisitPrice,
)
from carnet.kernel.decider import Rejected

new_year, july = date(2026, 1, 1), date(2026, 7, 1)
before = date(2025, 12, 31)


def of_day(day: date, amount: str = "1") -> tuple[Price, VisitPrice, CyclePlan]:
    price = Price(valid_from=day, fee=Decimal(amount))
    return price, VisitPrice(valid_from=day, amount=Decimal(amount)), CyclePlan(valid_from=day, cycles=())


def cycle(cycle_id: str, every_months: int = 3, anchor: date = new_year) -> Cycle:
    return Cycle(cycle_id=cycle_id, service="s", every_months=every_months, anchor=anchor, prepare_days_before=0)


def with_lift(terms: Terms, **more: Any) -> Terms:
    first, *others = terms.positions
    return terms.model_copy(update={"positions": (first.model_copy(update=more), *others)})


def test_equal_agreements_are_equal_in_whatever_order_they_were_written(c1: Terms) -> None:
    early, late = of_day(new_year), of_day(july, "2")
    coverages = [Coverage(valid_from=day) for day in (new_year, july)]
    parts = dict(zip(("prices", "visit_prices", "plans"), zip(early, late, strict=True), strict=True))
    written = with_lift(c1, **parts).model_copy(update={"coverages": tuple(coverages)})
    other_way = with_lift(c1, **{name: tuple(reversed(part)) for name, part in parts.items()}).model_copy(
        update={"coverages": tuple(reversed(coverages))}
    )
    backwards = other_way.model_copy(update={"positions": tuple(reversed(other_way.positions))})
    assert arranged(backwards) == written


def test_a_contract_a_position_and_a_suspension_may_last_a_day(c1: Terms) -> None:
    one_day = with_lift(c1, last_day=new_year)
    assert signable(one_day.model_copy(update={"end": new_year})).end == new_year
    pause = Suspension(first_day=before, last_day=before)
    with pytest.raises(Rejected, match="suspend it from that day on"):
        checked(c1.model_copy(update={"suspensions": (pause,)}))


def test_a_contract_may_be_signed_before_its_first_position_is_known(c1: Terms) -> None:
    empty = c1.model_copy(update={"positions": (), "coverages": ()})
    assert signable(empty) == empty


def test_two_cycles_may_share_their_anchor(c1: Terms) -> None:
    plan = CyclePlan(valid_from=new_year, cycles=(cycle("quarterly"), cycle("yearly", 12)))
    assert checked(with_lift(c1, plans=(plan,)))


TWICE = CyclePlan(valid_from=new_year, cycles=(cycle("q"), cycle("q")))
OTHER = (
    CyclePlan(valid_from=new_year, cycles=(cycle("q"),)),
    CyclePlan(valid_from=july, cycles=(cycle("q", 6),)),
)
DATED = "Position A is covered from 2026-01-01: date its {} on or after that day, not on 2025-12-31."


@pytest.mark.parametrize(
    ("lift", "sentence", "field"),
    [
        ({"prices": of_day(before)[:1]}, DATED.format("price"), "prices"),
        ({"visit_prices": of_day(before)[1:2]}, DATED.format("price per visit"), "visit_prices"),
        ({"plans": of_day(before)[2:]}, DATED.format("plan of cycles"), "plans"),
        (
            {"prices": 2 * of_day(july)[:1]},
            "The date of the price of position A 2026-07-01 is named 2 times: name it once.",
            "prices",
        ),
        ({"plans": (TWICE,)}, "The cycle of position A q is named 2 times: name it once.", "cycles"),
        ({"plans": OTHER}, "Cycle q had another anchor or interval before: give the new one its own id.", "cycles"),
    ],
)
def test_a_position_that_contradicts_itself_is_refused_at_its_field(
    c1: Terms, lift: dict[str, Any], sentence: str, field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        checked(with_lift(c1, **lift))
    assert (str(refused.value), refused.value.field) == (sentence, f"positions.A.{field}")


FAULT = Reaction(priority="fault", within_minutes=240, escalate_before_minutes=60, calendar="office")


@pytest.mark.parametrize(
    ("contract", "sentence", "field"),
    [
        ({"positions": 2 * (Position(position_id="D", object_id="D", first_day=new_year),)}, "position D", "positions"),
        ({"reactions": (FAULT, FAULT)}, "priority fault", "reactions"),
        ({"coverages": 2 * (Coverage(valid_from=july),)}, "coverage date 2026-07-01", "coverage.valid_from"),
    ],
)
def test_what_is_named_twice_is_refused_at_its_field(
    c1: Terms, contract: dict[str, Any], sentence: str, field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        checked(c1.model_copy(update=contract))
    assert (str(refused.value), refused.value.field) == (f"The {sentence} is named 2 times: name it once.", field)


@pytest.mark.parametrize(
    ("contract", "sentence", "field"),
    [
        ({"end": before}, "The contract starts on 2026-01-01", "end"),
        ({"coverages": (Coverage(valid_from=before),)}, "date the change on or after", "coverage.valid_from"),
        (
            {"positions": (Position(position_id="D", object_id="D", first_day=before),)},
            "date the change on or after",
            "positions.D.first_day",
        ),
        ({"billing": Billing(every_months=6, anchor=july)}, "set the billing anchor on or before", "billing.anchor"),
        ({"suspensions": (Suspension(first_day=before),)}, "suspend it from that day on", "first_day"),
        (
            {"suspensions": (Suspension(first_day=new_year), Suspension(first_day=july))},
            "suspended on some of these days",
            "first_day",
        ),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused_at_its_field(
    c1: Terms, contract: dict[str, Any], sentence: str, field: str
) -> None:
    with pytest.raises(Rejected, match=sentence) as refused:
        signable(c1.model_copy(update=contract))
    assert refused.value.field == field


def test_a_position_ends_on_its_first_day_or_later(c1: Terms) -> None:
    with pytest.raises(Rejected, match="Position A is covered from 2026-01-01") as refused:
        signable(with_lift(c1, last_day=before))
    assert refused.value.field == "positions.A.last_day"
