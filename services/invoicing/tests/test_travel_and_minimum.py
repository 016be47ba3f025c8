"""Travel by kilometre, zone or flat; the minimum charge of an order; expenses with a mark-up."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.invoicing.domain.billable import ClaimWork, Event, NothingToBill, WorkClaimed, billable
from carnet.invoicing.domain.order_facts import CompletionNoted, CoverageNoted, OrderNoted, WorkNoted
from carnet.invoicing.domain.tax import ItemTax
from carnet.invoicing.domain.travel import Zone, travelled, zone_of
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.work_lines import Coverage, WorkItem, minimum_line, work_line
from carnet.kernel.testing import Given

given = Given(billable)
day = date(2026, 4, 15)
lausanne = Zone(name="1", article="zone-1", first_postcode="1000", last_postcode="1099")
leman = Zone(name="2", article="zone-2", first_postcode="1100", last_postcode="1299")


def item(item_id: str, kind: str, quantity: str, **more: object) -> WorkItem:
    told = {"item_id": item_id, "kind": kind, "quantity": quantity, "service_date": day, "object_id": "A"}
    return WorkItem.model_validate({**told, **more})


labour, km, way = item("r/1", "repair", "0.5"), item("r/2", "km", "24"), item("r/3", "travel_time", "0.75")
second = WorkNoted(report_id="s", items=(item("s/1", "repair", "1"), item("s/2", "km", "24")))
order = OrderNoted(order_id="9", order_kind="fault", debtor_id="K1", object_id="A")
base: list[Event] = [
    order,
    WorkNoted(report_id="r", items=(labour, km, way)),
    CoverageNoted(coverage=Coverage()),
    CompletionNoted(closed_on=day),
]
prices = {"r/1": Decimal(145), "r/2": Decimal("1.20"), "r/3": Decimal(90), "s/1": Decimal(145), "s/2": Decimal("1.20")}
claim = ClaimWork(
    claimed_on=day,
    rule="at_once",
    currency="CHF",
    unit_prices=prices,
    vat=(VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),),
)


def nets(command: ClaimWork, *history: Event) -> dict[str, Decimal]:
    (event,) = given(*history).when(command)
    assert isinstance(event, WorkClaimed | NothingToBill)
    return {f"{line.item_id} {line.kind}": line.net for line in event.lines}


def test_travel_by_kilometre_is_what_was_reported() -> None:
    """0.5 h x 145.00, 24 km x 1.20, 0.75 h x 90.00."""
    assert nets(claim, *base) == {
        "r/1 repair": Decimal("72.50"), "r/2 km": Decimal("28.80"), "r/3 travel_time": Decimal("67.50"),
    }  # fmt: skip


def test_a_journey_stands_for_kilometres_and_travel_time_of_each_report() -> None:
    flat = claim.model_copy(
        update={"journey": "zone-1", "unit_prices": {**prices, "r/2": Decimal(85), "s/2": Decimal(85)}}
    )
    assert nets(flat, *base, second) == {
        "r/1 repair": Decimal("72.50"), "r/2 journey": Decimal("85.00"),
        "s/1 repair": Decimal("145.00"), "s/2 journey": Decimal("85.00"),
    }  # fmt: skip


def test_a_report_without_travel_has_no_journey_and_a_journey_is_under_warranty_where_all_travel_is() -> None:
    assert list(travelled([labour], "zone-1")) == [labour]
    free = [each.model_copy(update={"warranty": True}) for each in (km, way)]
    assert [each.warranty for each in travelled(free, "zone-1")] == [True]
    assert [each.warranty for each in travelled([free[0], way], "zone-1")] == [False]


def test_a_journey_is_of_its_zones_article_and_not_what_the_travel_was_called() -> None:
    told = km.model_copy(update={"article": "km", "text": "there and back"})
    (journey,) = travelled([told, way], "zone-1")
    assert (journey.kind, journey.article, journey.text) == ("journey", "zone-1", "")
    assert journey.quantity == 1


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("CH", "1000", "1"), ("CH", "1099", "1"), ("CH", "1260", "2"),
        ("CH", "3178", None), ("AT", "1010", None), ("CH", "10500", None),
    ],
)  # fmt: skip
def test_a_zone_is_a_range_of_postcodes(country: str, postcode: str, zone: str | None) -> None:
    found = zone_of((lausanne, leman), country, postcode)
    assert (found.name if found else None) == zone


def test_the_minimum_charge_is_a_line_of_its_own_before_tax() -> None:
    """168.80 are billed; to 250.00 lack 81.20; VAT is taken on 250.00: 20.25."""
    (event,) = given(*base).when(claim.model_copy(update={"minimum": Decimal(250)}))
    assert isinstance(event, WorkClaimed)
    last = event.lines[-1]
    assert (last.kind, last.net, last.vat_rate) == ("minimum", Decimal("81.20"), Decimal("8.1"))
    assert (event.totals.net, event.totals.vat) == (Decimal("250.00"), {Decimal("8.1"): Decimal("20.25")})
    assert (last.quantity, last.borne_share, last.text) == (Decimal(1), Decimal(0), "")
    assert last.item_id == "9/minimum"


def test_a_minimum_bears_the_tax_and_names_the_object_of_what_most_is_billed_by() -> None:
    """0.50 at the reduced rate, decided by the place: 249.50 are lacking at that rate."""
    reduced = VatRate(valid_from=date(2024, 1, 1), rate=Decimal("2.6"), code="reduced")
    tax = ItemTax(rates=(reduced,), decided_by="place")
    line = work_line(item("r/1", "repair", "1"), {"r/1": Decimal("0.50")}, Coverage(), tax)
    lacking = minimum_line("9", [line], Decimal(250))
    assert lacking is not None
    assert (lacking.net, lacking.object_id, lacking.service_date) == (Decimal("249.50"), "A", day)
    assert (lacking.vat_rate, lacking.tax_code, lacking.tax_decided_by) == (Decimal("2.6"), "reduced", "place")


def test_no_minimum_is_charged_where_enough_or_nothing_is_billed() -> None:
    enough = claim.model_copy(update={"minimum": Decimal("168.80")})
    assert "minimum" not in str(nets(enough, *base))
    covered = CoverageNoted(coverage=Coverage(contract_id="C", shares={"labour": Decimal(1), "travel": Decimal(1)}))
    high = claim.model_copy(update={"minimum": Decimal(250)})
    (event,) = given(*base, covered).when(high)
    assert isinstance(event, NothingToBill)
    internal = order.model_copy(update={"internal": True})
    assert "minimum" not in str(nets(high, *base, internal))
    monthly = high.model_copy(update={"rule": "month_end"})
    assert "minimum" not in str(nets(monthly, *base, covered))
