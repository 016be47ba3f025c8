"""Amounts as people write them."""

from decimal import Decimal
from typing import Final

from carnet.kernel.web.answer import told
from carnet.kernel.web.problems import BadRequest

PLAINLY: Final = told("Enter the amount to the cent, as 735.35.")


def figure(amount: str, sentence: str = PLAINLY, field: str = "amount") -> Decimal:
    """Read an amount; raises BadRequest with the sentence for what is none, or 0.00."""
    plain = amount.replace("’", "").replace("'", "").replace(" ", "").replace(",", ".")
    parts = plain.split(".")
    if len(parts) > 2 or not all(part.isdecimal() for part in parts) or len((*parts, "")[1]) > 2 or not Decimal(plain):
        raise BadRequest(field, sentence)
    return Decimal(plain)
