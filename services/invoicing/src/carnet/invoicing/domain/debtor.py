"""A debtor's terms say when its work is billed, how the bill reaches it and when it must be paid."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from carnet.invoicing.domain.dunning import ReminderRule
from carnet.invoicing.domain.order_facts import BillingRule
from carnet.invoicing.domain.tax import TaxCodes
from carnet.invoicing.domain.travel import TravelRule
from carnet.kernel.decider import Decider


class DebtorTerms(BaseModel, frozen=True):
    """The defaults are the house's: 30 days net, a single invoice at once, by e-mail.

    `tax_codes` come before those of the place and of the article, each from its day of service on (R3).
    With `approve` the office approves work before it is billed, by whichever rule (S61).
    How travel is billed, and the minimum charge of an order (net), are the house's where they are not set.
    """

    due_days: int = Field(default=30, ge=0)
    rule: BillingRule = "at_once"
    approve: bool = False
    channel: Literal["email", "letter"] = "email"
    language: Literal["fr", "de", "en"] = "fr"
    currency: str = Field(default="CHF", pattern="^[A-Z]{3}$")
    vat_number: str | None = None
    vat_regime: str = "standard"
    tax_codes: TaxCodes = ()
    travel: TravelRule | None = None
    minimum_charge: Decimal | None = Field(default=None, ge=0)
    order_number_required: bool = False
    reminders: ReminderRule = Field(default_factory=ReminderRule)


class DebtorTermsSet(BaseModel, frozen=True):
    type: Literal["debtor-terms-set.v1"] = "debtor-terms-set.v1"
    debtor_id: str
    terms: DebtorTerms


class SetDebtorTerms(BaseModel, frozen=True):
    debtor_id: str
    terms: DebtorTerms


Event: TypeAlias = DebtorTermsSet
Command: TypeAlias = SetDebtorTerms
State: TypeAlias = DebtorTerms | None


def due_on(issued_on: date, terms: DebtorTerms) -> date:
    """The last day on which an invoice can be paid in time."""
    return issued_on + timedelta(days=terms.due_days)


def decide(command: Command, state: State) -> list[Event]:
    if command.terms == state:
        return []
    return [DebtorTermsSet(debtor_id=command.debtor_id, terms=command.terms)]


def evolve(_: State, event: Event) -> State:
    return event.terms


debtor = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
