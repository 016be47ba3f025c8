"""Whole stories of billed work: orders in, documents out; the shared files where they are at hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from carnet.invoicing.domain.billable import ClaimWork, Event, Note, NothingToBill, WorkClaimed, billable
from carnet.invoicing.domain.collective import Candidate, GroupingKey, GroupOrders, OrdersGrouped, collective
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.order_facts import (
    CancellationNoted,
    CompletionNoted,
    CoverageNoted,
    Fact,
    OrderNoted,
    WorkNoted,
)
from carnet.invoicing.domain.vat import VatRate
from carnet.invoicing.domain.work_lines import Coverage, WorkItem, WorkKind

SHARED = Path(__file__).parents[3].parent / "shared" / "scenarios" / "work"
FILES = sorted(SHARED.glob("*.yaml")) if SHARED.is_dir() else []
KINDS: dict[str, WorkKind] = {"labour": "service", "travel": "km", "parts": "part"}


def shares(coverage: dict[str, Any]) -> Coverage:
    return Coverage(shares={kind: share for kind, share in coverage.items() if kind != "visits"})


def facts(order: dict[str, Any], day: date, coverage: Coverage) -> list[Fact]:
    items = tuple(
        WorkItem(item_id=f"{order['id']}/{n}", kind=KINDS[i["kind"]], quantity=i["quantity"], service_date=day)
        for n, i in enumerate(order["items"])
    )
    done: Fact = CompletionNoted(closed_on=day)
    if not order.get("executed", True):
        done = CancellationNoted(closed_on=day, reason="declined")
    return [
        OrderNoted(order_id=order["id"], order_kind="maintenance"),
        CoverageNoted(coverage=coverage),
        WorkNoted(report_id=f"report {order['id']}", items=items),
        done,
    ]


def claim_of(story: dict[str, Any], order: dict[str, Any], coverage: Coverage) -> Event:
    history: list[Event] = []
    for fact in facts(order, date.fromisoformat(story["service_date"]), coverage):
        history += billable.decide(Note(fact=fact), billable.fold(history))
    command = ClaimWork(
        claimed_on=date.fromisoformat(story["service_date"]),
        rule="at_once" if story["mode"] == "single" else "month_end",
        currency=order["currency"],
        unit_prices={f"{order['id']}/{n}": Decimal(i["unit_price"]) for n, i in enumerate(order["items"])},
        vat=tuple(VatRate(valid_from=entry["from"], rate=entry["rate"]) for entry in story["vat"]),
        payable_step=Decimal(story["payable_step"].get(order["currency"], "0.01")),
    )
    (event,) = billable.decide(command, billable.fold(history))
    assert billable.decide(command, billable.fold([*history, event])) == []
    return event


def shown(orders: list[str], recipient: str, currency: str, foot: Totals) -> dict[str, Any]:
    return {
        "orders": orders,
        "recipient": recipient,
        "currency": currency,
        "net": str(foot.net),
        "vat": {str(rate): str(amount) for rate, amount in foot.vat.items()},
        "total": str(foot.total),
        "rounding": str(foot.rounding),
        "payable": str(foot.payable),
    }


def grouped(story: dict[str, Any], claims: list[tuple[dict[str, Any], WorkClaimed]]) -> list[dict[str, Any]]:
    names = {claim.claim_id: order for order, claim in claims}
    candidates = tuple(
        Candidate(
            order_id=claim.order.order_id,
            claim_id=claim.claim_id,
            closed_on=claim.closed_on,
            lines=claim.lines,
            key=GroupingKey(
                legal_entity="own",
                debtor_id=order["recipient"],
                billing_address="",
                currency=order["currency"],
                language="fr",
                payment_terms="30",
                vat_regime="standard",
                channel="email",
            ),
        )
        for order, claim in claims
    )
    command = GroupOrders(cut_off=story["service_date"], candidates=candidates, payable_steps=story["payable_step"])
    events = collective.decide(command, collective.initial)
    assert collective.decide(command, collective.fold(events)) == []
    grouped = [event for event in events if isinstance(event, OrdersGrouped)]
    return [document(event, names) for event in grouped if event.document_id]


def document(event: OrdersGrouped, names: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    orders = [names[block.claim_id] for block in event.blocks]
    first = orders[0]
    return shown([order["id"] for order in orders], first["recipient"], first["currency"], event.totals)


def play(story: dict[str, Any]) -> dict[str, Any]:
    coverage, used = story.get("coverage", {"visits": 0}), 0
    claims: list[tuple[dict[str, Any], WorkClaimed]] = []
    for order in story["orders"]:
        executed = order.get("executed", True)
        covered = executed and used < coverage["visits"]
        used += covered
        event = claim_of(story, order, shares(coverage) if covered else Coverage())
        if isinstance(event, WorkClaimed):
            claims.append((order, event))
        else:
            assert isinstance(event, NothingToBill)
    if story["mode"] == "collective":
        return {"documents": grouped(story, claims)}
    return {"documents": [shown([o["id"]], o["recipient"], o["currency"], claim.totals) for o, claim in claims]}


@pytest.mark.skipif(not FILES, reason="the shared scenarios are not beside this repository")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shared_scenario(path: Path) -> None:
    story = yaml.safe_load(path.read_text())
    assert play(story) == story["expect"]


def a_story(mode: str, orders: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    told = {
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
