"""What a person types as an amount is read, or refused with the sentence; never an error on our side."""

from decimal import Decimal

import pytest

from carnet.invoicing.pages.figures import figure
from carnet.kernel.web.problems import BadRequest


@pytest.mark.parametrize("typed", ["1’167.50", "1'167,5", "1167.50", " 1167.5"])
def test_an_amount_is_read_as_people_write_it(typed: str) -> None:
    assert figure(typed) == Decimal("1167.50")


@pytest.mark.parametrize("typed", ["", "much", "-1", "1.234", "1.2.3", "0.00", "²", "½", "1e3"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadRequest):
        figure(typed)
