"""Orders share an invoice when every key agrees; the grouping is remembered (R5)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.collective import (
    Candidate,
    Event,
    GroupingKey,
    GroupOrders,
    OrdersGrouped,
    OrderWithdrawn,
    WithdrawOrder,
    collective,
)
from carnet.invoicing.domain.work_lines import WorkLine
from carnet.kernel.testing import Given

given = Given(collective)


def grouped(*history: Event, by: GroupOrders) -> list[OrdersGrouped]:
    return [event for event in given(*history).when(by) if isinstance(event, OrdersGrouped)]


end_of_may = date(2026, 5, 31)
key = GroupingKey(
    legal_entity="Rochat Ascenseurs SA",
    debtor_id="2",
    property_id="3",
    billing_address="Route de Berne 41, 1010 Lausanne",
    currency="CHF",
    language="fr",
    payment_terms="30",
    vat_regime="standard",
    channel="email",
)


def line(net: str) -> WorkLine:
    return WorkLine.model_validate(
        {
            "item_id": net, "kind": "service", "cost_kind": "labour", "text": "", "article": None,
            "object_id": None, "service_date": "2026-05-05", "quantity": "1", "unit_price": net,
            "list_amount": net, "borne_by": "price_list", "borne_share": "0", "net": net, "vat_rate": "8.1",
        }
    )  # fmt: skip


def order(n: int, *nets: str, day: date = date(2026, 5, 5), key: GroupingKey = key) -> Candidate:
    lines = tuple(line(net) for net in nets)
    return Candidate(order_id=str(n), claim_id=UUID(int=n), closed_on=day, lines=lines, key=key)


def group(*candidates: Candidate) -> GroupOrders:
    return GroupOrders(cut_off=end_of_may, candidates=candidates, payable_steps={"CHF": Decimal("0.05")})


three = (order(1, "870.00", "21.60", "612.40"), order(2, "217.50", "21.60"), order(3, "108.75", "21.60", "24.70"))


def test_the_collective_invoice_of_may() -> None:
    (event,) = grouped(by=group(*three))
    foot = event.totals
    assert [int(block.order_id) for block in event.blocks] == [1, 2, 3]
    assert (foot.net, foot.total, foot.payable) == (Decimal("1898.15"), Decimal("2051.90"), Decimal("2051.90"))


def test_orders_are_grouped_once() -> None:
    (event,) = grouped(by=group(*three))
    assert given(event).when(group(*three)) == []
    (later,) = grouped(event, by=group(*three, order(4, "10.00")))
    assert [int(block.order_id) for block in later.blocks] == [4]


def test_an_order_after_the_cut_off_date_waits() -> None:
    assert given().when(group(order(1, "10.00", day=date(2026, 6, 1)))) == []
    assert len(given().when(group(order(1, "10.00", day=end_of_may)))) == 1


def test_r5_the_total_is_rounded_to_the_step_of_its_currency() -> None:
    """10.00 and VAT of 8.1 % are 10.81: 10.80 in CHF, to the cent where no step is set."""
    euro = order(2, "10.00", key=key.model_copy(update={"currency": "EUR"}))
    events = grouped(by=group(order(1, "10.00"), euro))
    assert [event.totals.payable for event in events] == [Decimal("10.80"), Decimal("10.81")]


def test_r8_the_same_orders_have_the_same_document_on_any_machine() -> None:
    (event,) = grouped(by=group(*three))
    assert str(event.document_id) == "2e9878c9-f142-5395-8f97-21773f568c84"


@pytest.mark.parametrize(
    "other",
    [
        {"legal_entity": "other"}, {"debtor_id": "9"}, {"property_id": "9"},
        {"billing_address": "other"}, {"currency": "EUR"}, {"language": "de"}, {"payment_terms": "10"},
        {"vat_regime": "reverse"}, {"price_mode": "gross"}, {"channel": "letter"},
        {"customer_order_number": "PO-1"},
    ],
)  # fmt: skip
def test_every_key_keeps_orders_apart(other: dict[str, object]) -> None:
    apart = order(2, "10.00", key=key.model_copy(update=other))
    assert len(given().when(group(order(1, "10.00"), apart, order(3, "10.00")))) == 2


def test_groups_come_in_order_of_first_appearance() -> None:
    apart = key.model_copy(update={"debtor_id": "another"})
    events = grouped(by=group(order(2, "1.00", key=apart), order(1, "1.00"), order(3, "1.00", key=apart)))
    assert [[int(block.order_id) for block in event.blocks] for event in events] == [[2, 3], [1]]


def test_a_sum_of_nothing_makes_no_document() -> None:
    (event,) = grouped(by=group(order(1)))
    assert event.document_id is None


def withdraw(n: int) -> WithdrawOrder:
    return WithdrawOrder(order_id=str(n), claim_id=UUID(int=n))


def test_an_order_is_withdrawn_until_an_invoice_lists_it() -> None:
    withdrawn = given().when(withdraw(1))
    assert withdrawn == [OrderWithdrawn(order_id="1", claim_id=UUID(int=1))]
    assert given(*withdrawn).when(withdraw(1)) == []
    (event,) = grouped(*withdrawn, by=group(*three))
    assert [int(block.order_id) for block in event.blocks] == [2, 3]
    given(event).refuses(withdraw(2), because="Void the invoice")


def test_an_order_that_comes_to_nothing_on_no_invoice_is_withdrawn_too() -> None:
    (event,) = grouped(by=group(order(1)))
    assert given(event).when(withdraw(1)) == [OrderWithdrawn(order_id="1", claim_id=UUID(int=1))]


def test_an_order_that_bills_nothing_is_withdrawn_from_the_invoice_of_others() -> None:
    (event,) = grouped(by=group(order(1, "10.00"), order(2)))
    assert given(event).when(withdraw(2)) == [OrderWithdrawn(order_id="2", claim_id=UUID(int=2))]
    (free,) = grouped(by=group(order(3, "0.00")))
    assert given(free).when(withdraw(3)) == [OrderWithdrawn(order_id="3", claim_id=UUID(int=3))]


@for_all(st.lists(st.integers(1, 6), max_size=8), st.lists(st.integers(1, 6), max_size=8))
def test_each_order_is_grouped_at_most_once(first: list[int], second: list[int]) -> None:
    events = grouped(by=group(*(order(n, "1.00") for n in first)))
    events += grouped(*events, by=group(*(order(n, "1.00") for n in second)))
    orders = [int(block.order_id) for event in events for block in event.blocks]
    assert sorted(orders) == sorted({*first, *second})
