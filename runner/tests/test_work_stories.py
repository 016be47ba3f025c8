"""Whole stories of billed work, played as `carnet simulate` plays a file: orders in, documents out."""

from typing import Any

from carnet.runner.simulate import play


def a_story(mode: str, orders: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    told = {
        "kind": "work",
        "mode": mode,
        "service_date": "2026-05-04",
        "vat": [{"from": "2024-01-01", "rate": "8.1"}],
        "payable_step": {"CHF": "0.05"},
        "orders": [{"recipient": "C1", "currency": "CHF", **order} for order in orders],
    }
    return told | more


def part(price: str) -> list[dict[str, str]]:
    return [{"kind": "parts", "quantity": "1", "unit_price": price}]


def test_an_order_of_nothing_is_named_in_its_group() -> None:
    story = a_story("collective", [{"id": "W1", "items": []}, {"id": "W2", "items": part("50.00")}])
    assert [d["orders"] for d in play(story)["documents"]] == [["W1", "W2"]]


def test_a_cancelled_order_is_named_at_nothing_in_its_group() -> None:
    declined = {"id": "W1", "items": part("10.00"), "executed": False}
    story = a_story("collective", [declined, {"id": "W2", "items": part("50.00")}])
    assert [(d["orders"], d["net"]) for d in play(story)["documents"]] == [(["W1", "W2"], "50.00")]


def test_a_group_of_nothing_makes_no_document() -> None:
    assert play(a_story("collective", [{"id": "W1", "items": []}])) == {"documents": []}


def test_an_order_that_was_not_executed_uses_no_visit() -> None:
    story = a_story(
        "single",
        [{"id": "W1", "items": part("50.00"), "executed": False}, {"id": "W2", "items": part("50.00")}],
        coverage={"visits": 1, "parts": "0.5"},
    )
    assert [(d["orders"], d["net"]) for d in play(story)["documents"]] == [(["W2"], "25.00")]


def test_each_amount_is_rounded_before_the_share_is_taken() -> None:
    items = [{"kind": "labour", "quantity": "0.25", "unit_price": "145.50"}]
    story = a_story("single", [{"id": "W1", "items": items}], coverage={"visits": 1, "labour": "0.5"})
    assert play(story)["documents"][0]["net"] == "18.19"  # 36.375 -> 36.38, half of it


def test_an_amount_of_many_decimals_stays_exact_until_it_is_rounded_once() -> None:
    """The product is less than half a cent above …83.56 by its 24th decimal: more digits than a Decimal keeps."""
    long = {"kind": "parts", "quantity": "643744892.988779740183", "unit_price": "9.931049944153"}
    (document,) = play(a_story("single", [{"id": "W1", "items": [long]}]))["documents"]
    assert document["net"] == "6393062683.56"
