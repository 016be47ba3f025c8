"""The accounts that the journal names; which they are is the firm's own choice."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BaseModel, Field, StringConstraints

Account: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.]{1,20}$")]


class Chart(BaseModel, frozen=True):
    """Account numbers; the defaults are near the Swiss SME chart. A VAT rate may have an account of its own."""

    bank: Account = "1020"
    receivables: Account = "1100"
    vat: Account = "2200"
    vat_of_rate: dict[Decimal, Account] = Field(default_factory=dict)
    deferred: Account = "2300"
    labour: Account = "3200"
    parts: Account = "3210"
    travel: Account = "3220"
    expense: Account = "3230"
    fee: Account = "3400"
    licence: Account = "3410"
    reminders: Account = "3600"
    rounding: Account = "3809"

    def vat_at(self, rate: Decimal) -> str:
        return self.vat_of_rate.get(rate, self.vat)
