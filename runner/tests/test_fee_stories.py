"""Whole billing stories, played as `carnet simulate` plays a file: cases that the shared scenarios leave out."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from half_yearly import STORY

from carnet.runner.simulate import ScenarioRefused, play


def story(steps: str, **contract: Any) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(STORY)
    told["contract"].update(contract)
    told["steps"] = yaml.safe_load(steps)
    return told


def lines_of(told: dict[str, Any]) -> list[list[tuple[str, str, str, str, str]]]:
    """A list a run: (document type, position, from, to, net)."""
    return [
        [
            (document["type"], line["position"], line["from"], line["to"], line["net"])
            for document in run["documents"]
            for line in document["lines"]
        ]
        for run in play(told)
    ]


BILL_JAN = "- bill: {run_date: '2026-01-01'}\n"


def test_a_removal_over_two_billed_periods_is_credited_oldest_first() -> None:
    told = story(
        BILL_JAN + "- bill: {run_date: '2026-07-01'}\n"
        "- remove: {recorded: '2026-08-01', id: A, last_day: '2026-05-31'}\n"
        "- bill: {run_date: '2026-08-01'}\n"
    )
    assert lines_of(told)[-1] == [
        ("credit_note", "A", "2026-06-01", "2026-06-30", "99.45"),
        ("credit_note", "A", "2026-07-01", "2026-12-31", "600.00"),
    ]


def test_a_repricing_and_a_removal_in_one_period_are_one_line() -> None:
    told = story(
        BILL_JAN + "- reprice: {recorded: '2026-04-01', id: A, fee: '2500.00', from: '2026-03-01'}\n"
        "- remove: {recorded: '2026-04-02', id: A, last_day: '2026-04-30'}\n"
        "- bill: {run_date: '2026-04-03'}\n"
    )
    # (1200 x 59 + 2500 x 61) x 6 / (12 x 181) = 616.85 due, 600.00 billed
    assert lines_of(told)[-1] == [("invoice", "A", "2026-03-01", "2026-06-30", "16.85")]


def test_a_removal_may_be_taken_back_and_moved_later() -> None:
    told = story(
        BILL_JAN + "- remove: {recorded: '2026-02-01', id: A, last_day: '2025-12-31'}\n"
        "- bill: {run_date: '2026-02-01'}\n"
        "- remove: {recorded: '2026-02-02', id: A, last_day: '2026-05-31'}\n"
        "- bill: {run_date: '2026-02-02'}\n"
    )
    assert lines_of(told)[1:] == [
        [("credit_note", "A", "2026-01-01", "2026-06-30", "600.00")],
        [("invoice", "A", "2026-01-01", "2026-05-31", "500.55")],
    ]


def test_an_earlier_run_reaches_only_the_periods_due_by_its_own_date() -> None:
    told = story(
        "- bill: {run_date: '2026-07-01'}\n"
        "- remove: {recorded: '2026-07-02', id: A, last_day: '2026-03-31'}\n"
        "- bill: {run_date: '2026-03-01'}\n"
        "- bill: {run_date: '2026-07-02'}\n"
    )
    assert lines_of(told)[1:] == [
        [("credit_note", "A", "2026-04-01", "2026-06-30", "301.66")],
        [("credit_note", "A", "2026-07-01", "2026-12-31", "600.00")],
    ]


def test_a_contract_that_ends_inside_its_period_is_billed_in_arrears_after_the_whole_period() -> None:
    told = story(
        "- terminate: {recorded: '2026-02-01', last_day: '2026-04-15'}\n"
        "- bill: {run_date: '2026-06-30'}\n- bill: {run_date: '2026-07-01'}\n",
        billing={"every_months": 6, "anchor": "2026-01-01", "timing": "in_arrears"},
    )
    assert lines_of(told) == [[], [("invoice", "A", "2026-01-01", "2026-04-15", "348.07")]]


def test_only_the_voided_credit_note_is_made_again() -> None:
    told = story(
        BILL_JAN + "- remove: {recorded: '2026-02-01', id: A, last_day: '2026-05-31'}\n"
        "- bill: {run_date: '2026-02-01'}\n"
        "- void: {recorded: '2026-02-02', run_date: '2026-02-01', type: credit_note}\n"
        "- bill: {run_date: '2026-02-03'}\n- bill: {run_date: '2026-02-04'}\n"
    )
    assert lines_of(told)[1:] == [
        [("credit_note", "A", "2026-06-01", "2026-06-30", "99.45")],
        [("credit_note", "A", "2026-01-01", "2026-05-31", "99.45")],
        [],
    ]


def test_a_void_before_an_earlier_credit_keeps_the_balance() -> None:
    told = story(
        BILL_JAN + "- remove: {recorded: '2026-02-01', id: A, last_day: '2026-05-31'}\n"
        "- bill: {run_date: '2026-02-01'}\n"
        "- void: {recorded: '2026-02-02', run_date: '2026-01-01', type: invoice}\n"
        "- bill: {run_date: '2026-02-03'}\n"
    )
    assert lines_of(told)[-1] == [("invoice", "A", "2026-01-01", "2026-05-31", "600.00")]


def test_without_a_refund_the_term_ends_with_the_period() -> None:
    told = story(
        BILL_JAN + "- terminate: {recorded: '2026-02-01', last_day: '2026-03-31'}\n"
        "- bill: {run_date: '2026-04-01'}\n- bill: {run_date: '2026-07-01'}\n",
        refund="none",
    )
    assert lines_of(told)[1:] == [[], []]


def test_proration_by_months_counts_a_day_as_a_part_of_its_month() -> None:
    told = story(
        BILL_JAN + "- remove: {recorded: '2026-02-01', id: A, last_day: '2026-04-15'}\n"
        "- bill: {run_date: '2026-02-01'}\n",
        proration="months",
    )
    assert lines_of(told)[1:] == [[("credit_note", "A", "2026-04-16", "2026-06-30", "250.00")]]


def test_bill_days_before_brings_the_due_day_forward() -> None:
    told = story(
        "- bill: {run_date: '2025-12-01'}\n- bill: {run_date: '2025-12-02'}\n",
        billing={"every_months": 6, "anchor": "2026-01-01", "timing": "in_advance", "bill_days_before": 30},
    )
    assert [len(run) for run in lines_of(told)] == [0, 1]


def test_a_rate_that_changes_within_a_month_splits_by_days() -> None:
    told = story(BILL_JAN)
    told["vat"].append({"from": "2026-02-11", "rate": "9.0"})
    assert play(told)[0]["documents"][0]["vat"] == {"8.1": "11.01", "9.0": "41.77"}


def test_a_period_that_is_not_whole_months_splits_by_days() -> None:
    told = story(
        "- bill: {run_date: '2023-12-15'}\n",
        start="2023-12-15",
        billing={"every_months": 1, "anchor": "2023-12-15", "timing": "in_advance"},
        positions=[{"id": "A", "fee": "1200.00", "per": "year", "from": "2023-12-15"}],
    )
    assert lines_of(told) == [
        [
            ("invoice", "A", "2023-12-15", "2023-12-31", "54.84"),
            ("invoice", "A", "2024-01-01", "2024-01-14", "45.16"),
        ]
    ]


def test_an_amendment_of_two_rates_is_billed_the_same_in_any_order() -> None:
    one = "- reprice: {recorded: '2024-02-01', id: A, fee: '3600.00', from: '2023-11-01'}\n"
    two = "- remove: {recorded: '2024-02-02', id: A, last_day: '2024-03-31'}\n"
    run = "- bill: {run_date: '2024-02-10'}\n"
    contract: dict[str, Any] = {
        "start": "2023-10-01",
        "billing": {"every_months": 12, "anchor": "2023-10-01", "timing": "in_advance"},
        "positions": [{"id": "A", "fee": "2400.00", "per": "year", "from": "2023-10-01"}],
    }
    together = {rate_sum(play(story(steps, **contract))) for steps in (one + two + run, one + run + two + run)}
    apart = {rate_sum(play(story(steps, **contract))) for steps in (two + run + one + run, run + two + one + run)}
    assert together == apart
    assert len(together) == 1


def rate_sum(runs: list[dict[str, Any]]) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for run in runs:
        for document in run["documents"]:
            sign = 1 if document["type"] == "invoice" else -1
            for line in document["lines"]:
                sums[line["vat_rate"]] = sums.get(line["vat_rate"], Decimal(0)) + sign * Decimal(line["net"])
    return tuple(sorted(sums.items()))


def test_a_bill_in_euro_is_not_rounded_to_five_cents() -> None:
    told = story(BILL_JAN, currency="EUR", positions=[{"id": "A", "fee": "1111.11", "from": "2026-01-01"}])
    document = play(told)[0]["documents"][0]
    assert (document["net"], document["total"], document["rounding"]) == ("555.56", "600.56", "0.00")


def test_a_yearly_contract_from_a_leap_day_keeps_its_anchor() -> None:
    told = story(
        "- bill: {run_date: '2028-02-29'}\n",
        start="2024-02-29",
        billing={"every_months": 12, "anchor": "2024-02-29", "timing": "in_advance"},
        positions=[{"id": "A", "fee": "100.00", "from": "2024-02-29"}],
    )
    assert [line[2:4] for line in lines_of(told)[0]] == [
        ("2024-02-29", "2025-02-27"),
        ("2025-02-28", "2026-02-27"),
        ("2026-02-28", "2027-02-27"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-29", "2029-02-27"),
    ]


def test_only_the_rest_moves_when_days_and_months_differ() -> None:
    told = story(
        "- bill: {run_date: '2023-10-01'}\n"
        "- reprice: {recorded: '2024-02-01', id: A, fee: '3600.00', from: '2023-11-01'}\n"
        "- reprice: {recorded: '2024-02-01', id: A, fee: '2400.00', from: '2023-12-01'}\n"
        "- bill: {run_date: '2024-02-10'}\n",
        start="2023-10-01",
        billing={"every_months": 12, "anchor": "2023-10-01", "timing": "in_advance"},
        positions=[{"id": "A", "fee": "2400.00", "from": "2023-10-01"}],
    )
    assert lines_of(told)[1] == [
        ("invoice", "A", "2023-11-01", "2023-11-30", "100.00"),
        ("credit_note", "A", "2024-01-01", "2024-09-30", "1.64"),
    ]


def test_a_subscription_is_not_billed_by_the_run() -> None:
    assert lines_of(story(BILL_JAN, kind="subscription")) == [[]]


def test_a_bill_before_the_anchor_has_nothing_due() -> None:
    assert lines_of(story("- bill: {run_date: '2025-12-31'}\n")) == [[]]


@pytest.mark.parametrize(
    ("contract", "because"),
    [
        ({"billing": {"every_months": 6, "anchor": "2026-02-01", "timing": "in_advance"}}, "billing anchor"),
        ({"start": "2017-01-01", "billing": {"every_months": 12, "anchor": "2017-01-01"},
          "positions": [{"id": "A", "fee": "1.00", "from": "2017-01-01"}]}, "VAT rate that holds on 2017-01-01"),
        ({"positions": [{"id": "A", "fee": "1.00", "from": "2026-01-01"}] * 2}, "The position A is named 2 times"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(contract: dict[str, Any], because: str) -> None:
    with pytest.raises(ScenarioRefused, match=because):
        play(story(BILL_JAN, **contract))


def test_a_price_dated_before_its_position_is_refused() -> None:
    told = story("- reprice: {recorded: '2026-01-01', id: A, fee: '1.00', from: '2025-12-31'}\n" + BILL_JAN)
    with pytest.raises(ScenarioRefused, match="date its price on or after that day"):
        play(told)
