"""What a suspension does to a bill: contracts decides and publishes, invoicing's account bills due minus billed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import yaml
from half_yearly import STORY

from carnet.contracts.domain.amendments import Change, Resume, Suspend
from carnet.contracts.domain.contract import Amend
from carnet.contracts.domain.terms import Suspension
from carnet.runner.simulate.billing import Ledger, signed
from carnet.runner.simulate.fees import FeeStory

SEPTEMBER, END_OF_OCTOBER = date(2026, 9, 1), date(2026, 10, 31)
NEW_YEAR = date(2027, 1, 1)
Bills = list[tuple[str, str, str, str]]


def suspend(last_day: date | None = END_OF_OCTOBER) -> Suspend:
    return Suspend(suspension=Suspension(first_day=SEPTEMBER, last_day=last_day))


def agreed(**chosen: Any) -> Ledger:
    """C, half-yearly in advance at 1200.00 a year, billed up to the second half of 2026 (184 days)."""
    story = FeeStory.model_validate(yaml.safe_load(STORY))
    ledger, sign = Ledger(story), signed(story.contract)
    ledger.agree(sign.model_copy(update={"terms": sign.terms.model_copy(update=chosen)}))
    ledger.bill(date(2026, 7, 1))
    return ledger


def told(ledger: Ledger, run_date: date, *changes: Change) -> Bills:
    """(document, from, to, net) of each line of the run after these changes."""
    for change in changes:
        ledger.agree(Amend(changes=(change,), recorded=run_date))
    return [
        (document.kind, str(line.first_day), str(line.last_day), str(line.net))
        for document in ledger.bill(run_date)
        for line in document.lines
    ]


def test_what_was_billed_ahead_for_suspended_days_is_credited() -> None:
    """600.00 - round(600.00 x 123/184) = 600.00 - 401.09 (R2)."""
    ledger = agreed()
    assert told(ledger, date(2026, 8, 20), suspend()) == [("credit_note", "2026-09-01", "2026-10-31", "198.91")]
    assert told(ledger, date(2026, 8, 20)) == []
    assert told(ledger, NEW_YEAR) == [("invoice", "2027-01-01", "2027-06-30", "600.00")]


def test_a_contract_that_runs_again_earlier_is_billed_for_those_days() -> None:
    """round(600.00 x 154/184) - 401.09 = 502.17 - 401.09."""
    ledger = agreed()
    told(ledger, date(2026, 8, 20), suspend())
    assert told(ledger, date(2026, 10, 1), Resume(first_day=date(2026, 10, 1))) == [
        ("invoice", "2026-10-01", "2026-10-31", "101.08")
    ]


def test_a_suspension_without_an_end_bills_no_later_period_until_the_contract_runs_again() -> None:
    """round(600.00 x 122/181) = 404.42 of the half-year from its resumption on."""
    ledger = agreed()
    assert told(ledger, date(2026, 8, 20), suspend(None)) == [("credit_note", "2026-09-01", "2026-12-31", "397.83")]
    assert told(ledger, NEW_YEAR) == []
    assert told(ledger, date(2027, 3, 1), Resume(first_day=date(2027, 3, 1))) == [
        ("invoice", "2027-03-01", "2027-06-30", "404.42")
    ]


@pytest.mark.parametrize(
    ("chosen", "credited"),
    [({"suspended_fee": "due"}, []), ({"proration": "months"}, ["200.00"]), ({"refund": "none"}, ["198.91"])],
)
def test_the_contract_chooses_what_its_suspension_costs(chosen: dict[str, str], credited: Sequence[str]) -> None:
    """The fee goes on; or two months of six are not due; a refund of `none` concerns the contract's end only."""
    assert [net for *_, net in told(agreed(**chosen), date(2026, 8, 20), suspend())] == credited


def test_the_order_of_suspension_and_run_makes_no_difference() -> None:
    known_before, known_after = agreed(), agreed()
    told(known_before, date(2026, 8, 20), suspend(), Resume(first_day=date(2026, 10, 1)))
    for change in (suspend(), Resume(first_day=date(2026, 10, 1))):
        told(known_after, date(2026, 11, 1), change)
    assert known_before.books.amounts == known_after.books.amounts
