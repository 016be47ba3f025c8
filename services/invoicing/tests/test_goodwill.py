"""A goodwill credit gives back a part of an invoice, never more than is left of a line (R8)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.invoicing.domain.goodwill import (
    BilledInvoice,
    BilledLine,
    Command,
    Event,
    GoodwillGranted,
    GoodwillVoided,
    GrantGoodwill,
    VoidGoodwill,
    goodwill,
)
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(goodwill)
day = date(2026, 2, 1)
VAT, REDUCED = Decimal("8.1"), Decimal("2.6")


def line(line_id: str, net: str, rate: Decimal = VAT, credited: str = "0.00") -> BilledLine:
    return BilledLine(line_id=line_id, vat_rate=rate, net=Decimal(net), credited=Decimal(credited))


invoice = BilledInvoice(
    invoice_id=UUID(int=8),
    number="R2026-0008",
    debtor_id="K1",
    currency="CHF",
    issued_on=date(2026, 1, 1),
    voided=False,
    lines=(line("A", "840.00"), line("B", "240.00"), line("C", "50.00", REDUCED)),
)


def grant(n: int = 1, **more: Any) -> GrantGoodwill:
    told: dict[str, Any] = {
        "credit_id": UUID(int=n),
        "invoice": invoice,
        "granted_on": day,
        "reason": "two faults in a month",
        "payable_step": Decimal("0.05"),
    }
    return GrantGoodwill.model_validate({**told, **more})


def granted(*events: Event) -> list[tuple[str, str]]:
    return [(li.line_id, str(li.net)) for e in events if isinstance(e, GoodwillGranted) for li in e.lines]


def test_a_line_is_credited_at_its_own_rate() -> None:
    (event,) = given().when(grant(by_line={"A": Decimal("100.00"), "C": Decimal("10.00")}))
    assert isinstance(event, GoodwillGranted)
    assert granted(event) == [("A", "100.00"), ("C", "10.00")]
    foot = event.totals
    assert (foot.vat, foot.total, foot.rounding, foot.payable) == (
        {REDUCED: Decimal("0.26"), VAT: Decimal("8.10")},
        Decimal("118.36"),
        Decimal("-0.01"),
        Decimal("118.35"),
    )


def test_the_same_credit_once_more_adds_nothing_not_even_after_it_was_voided() -> None:
    command = grant(by_line={"A": Decimal("100.00")})
    history = given().when(command)
    assert given(*history).when(command) == []
    history += given(*history).when(VoidGoodwill(credit_id=UUID(int=1), recorded=day))
    assert given(*history).when(command) == []


def test_an_amount_of_a_rate_is_taken_from_its_lines_in_order() -> None:
    assert granted(*given().when(grant(by_rate={VAT: Decimal("900.00")}))) == [("A", "840.00"), ("B", "60.00")]
    assert granted(*given().when(grant(by_rate={VAT: Decimal("0.50")}))) == [("A", "0.50")]
    first = given().when(grant(by_line={"A": Decimal("840.00")}))
    assert granted(*given(*first).when(grant(2, by_rate={VAT: Decimal("60.00")}))) == [("B", "60.00")]


def test_a_credit_may_be_of_the_invoices_own_day() -> None:
    assert given().when(grant(granted_on=invoice.issued_on, by_line={"A": Decimal("1.00")}))


def test_never_more_than_what_is_left_of_the_line_after_earlier_credits() -> None:
    first = given().when(grant(by_line={"A": Decimal("800.00")}))
    given(*first).refuses(grant(2, by_line={"A": Decimal("40.01")}), because="at most 40.00 of line A")
    assert granted(*given(*first).when(grant(2, by_line={"A": Decimal("40.00")}))) == [("A", "40.00")]
    by_run = invoice.model_copy(update={"lines": (line("A", "840.00", credited="397.83"),)})
    given().refuses(grant(invoice=by_run, by_rate={VAT: Decimal("442.18")}), because="at most 442.17 of the rate 8.1 %")


def test_a_voided_credit_is_left_again() -> None:
    history = given().when(grant(by_line={"A": Decimal("840.00")}))
    void = VoidGoodwill(credit_id=UUID(int=1), recorded=day)
    history += given(*history).when(void)
    assert history[1:] == [GoodwillVoided(credit_id=UUID(int=1), recorded=day)]
    assert given(*history).when(void) == []
    assert granted(*given(*history).when(grant(2, by_line={"A": Decimal("840.00")}))) == [("A", "840.00")]


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"reason": " ", "by_line": {"A": "1.00"}}, "Give a reason for the credit on R2026-0008"),
        ({"invoice": invoice.model_copy(update={"voided": True}), "by_line": {"A": "1.00"}}, "that replaced"),
        ({"granted_on": date(2025, 12, 31), "by_line": {"A": "1.00"}}, "2026-01-01 or later"),
        ({}, "Enter what is given back"),
        ({"by_line": {"A": "0.00"}}, "more than 0.00"),
        ({"by_line": {"A": "0.005"}}, "to the cent"),
        ({"by_line": {"A": "1.00"}, "by_rate": {"8.1": "1.00"}}, "not of both"),
        ({"by_line": {"Z": "1.00"}}, "at most 0.00 of line Z"),
        ({"by_rate": {"7.7": "1.00"}}, "at most 0.00 of the rate 7.7"),
    ],
)
def test_a_credit_that_makes_no_sense_is_refused_with_what_to_do(more: dict[str, Any], because: str) -> None:
    given().refuses(grant(**more), because=because)


def test_what_is_no_credit_of_the_invoice_cannot_be_voided() -> None:
    given().refuses(VoidGoodwill(credit_id=UUID(int=1), recorded=day), because="a goodwill credit of this invoice")


cents = st.integers(1, 60_000).map(lambda n: Decimal(n).scaleb(-2))
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(lambda n, name, net: grant(n, by_line={name: net}), st.integers(1, 4), st.sampled_from("ABC"), cents),
    st.builds(lambda n, net: grant(n, by_rate={VAT: net}), st.integers(1, 4), cents),
    st.builds(lambda n: VoidGoodwill(credit_id=UUID(int=n), recorded=day), st.integers(1, 4)),
)


@for_all(st.lists(commands, max_size=10))
def test_whatever_is_granted_and_voided_no_line_gives_back_more_than_it_billed(told: list[Command]) -> None:
    history: list[Event] = []
    for command in told:
        try:
            history += given(*history).when(command)
        except Rejected:
            continue
        assert given(*history).when(command) == []
    state = goodwill.fold(history)
    assert all(0 <= state.given_back(each.line_id) <= each.net for each in invoice.lines)


@pytest.mark.parametrize("event", given().when(grant(by_line={"A": Decimal("1.00")})))
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert adapter.validate_json(adapter.dump_json(event)) == event
