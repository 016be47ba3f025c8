"""What a scenario's file may say of any kind: its words, read strictly; one that is not known is refused."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carnet.invoicing.domain.money import CENT
from carnet.invoicing.domain.vat import VatRate
from carnet.runner.simulate.values import Currency, Day, Percent, Step


class Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Story(Given):
    """A whole file; its name, its rule and what it expects are not part of what is played."""

    kind: str
    name: Any = None
    rule: Any = None
    expect: Any = None


class Rate(Given):
    """A VAT rate in percent."""

    since: Day = Field(alias="from")
    rate: Percent


class Billed(Story):
    """What is needed to bill at all: the VAT rates, and the smallest payable unit of each currency."""

    vat: tuple[Rate, ...]
    payable_step: dict[Currency, Step] = {}

    @model_validator(mode="after")
    def has_one_rate_a_day(self) -> Self:
        once("VAT rate from", (each.since for each in self.vat))
        return self

    @property
    def rates(self) -> tuple[VatRate, ...]:
        return tuple(VatRate(valid_from=each.since, rate=each.rate) for each in self.vat)

    def step(self, currency: str) -> Decimal:
        return self.payable_step.get(currency, CENT)


def once(what: str, names: Iterable[object]) -> None:
    """Raise ValueError where something is named more than once."""
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"the {what} {name} is named {times} times: name it once")
