"""What a scenario's file may say of any kind: its words, read strictly; one that is not known is refused."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from carnet.invoicing.domain.money import CENT
from carnet.invoicing.domain.vat import VatRate

Amount = Annotated[Decimal, Field(ge=0)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Story(BaseModel):
    """A whole file; its name, its rule and what it expects are not part of what is played."""

    model_config = ConfigDict(frozen=True)


class Rate(Given):
    """A VAT rate in percent."""

    since: date = Field(alias="from")
    rate: Amount


class Billed(Story):
    """What is needed to bill at all: the VAT rates, and the smallest payable unit of each currency."""

    vat: tuple[Rate, ...]
    payable_step: dict[Currency, Annotated[Decimal, Field(gt=0)]] = {}

    @property
    def rates(self) -> tuple[VatRate, ...]:
        return tuple(VatRate(valid_from=each.since, rate=each.rate) for each in self.vat)

    def step(self, currency: str) -> Decimal:
        return self.payable_step.get(currency, CENT)
