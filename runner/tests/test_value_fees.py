"""A fee that is a share of the object's value is rounded once, when it is billed (R1); a new value is an amendment."""

from datetime import date
from decimal import Decimal

import yaml
from half_yearly import STORY

from carnet.contracts.domain.amendments import Reprice
from carnet.contracts.domain.contract import Amend
from carnet.contracts.domain.terms import price_of_share
from carnet.runner.simulate.billing import Ledger, signed
from carnet.runner.simulate.fees import FeeStory

NEW_YEAR, OCTOBER = date(2026, 1, 1), date(2026, 10, 1)
SHARE = Decimal("0.0185")


def valued(value: str) -> Ledger:
    story = FeeStory.model_validate(yaml.safe_load(STORY))
    sign = signed(story.contract)
    position = sign.terms.positions[0].model_copy(update={"prices": (price_of_share(NEW_YEAR, Decimal(value), SHARE),)})
    ledger = Ledger(story)
    ledger.agree(sign.model_copy(update={"terms": sign.terms.model_copy(update={"positions": (position,)})}))
    return ledger


def nets(ledger: Ledger, run_date: date) -> list[str]:
    return [str(line.net) for document in ledger.bill(run_date) for line in document.lines]


def test_the_fee_follows_the_value_and_is_rounded_once() -> None:
    """123'456.70 x 1.85 % = 2283.94895 a year, 1141.974475 a half-year: 1141.97, where a rounded fee gives 1141.98."""
    assert nets(valued("123456.70"), NEW_YEAR) == ["1141.97"]


def test_a_new_value_holds_from_its_day() -> None:
    """2000.00 a year to 2400.00 a year for 92 of the 184 days: 200.00 x 92/184 = 100.00."""
    ledger = valued("108108.108108")
    assert nets(ledger, date(2026, 7, 1)) == ["1000.00", "1000.00"]
    price = price_of_share(OCTOBER, Decimal("129729.72973"), SHARE)
    ledger.agree(Amend(changes=(Reprice(position_id="A", price=price),), recorded=date(2026, 9, 1)))
    assert nets(ledger, date(2026, 9, 1)) == ["100.00"]
