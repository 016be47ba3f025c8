"""The terms of debtors: when their work is billed, how the bill reaches them, when it must be paid (R5, R11)."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from carnet.invoicing.api.bodies import Body, Bookkeeper, TaxCodeFrom
from carnet.invoicing.billing.entries import Currency, UnitPrice
from carnet.invoicing.billing.letterhead import house, house_terms, terms_of
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.debtor import DebtorTerms, SetDebtorTerms
from carnet.invoicing.domain.dunning import ReminderRule
from carnet.invoicing.domain.order_facts import BillingRule
from carnet.invoicing.domain.travel import TravelRule
from carnet.invoicing.streams import DEBTORS
from carnet.kernel.web.commands import Answer, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["debtors"])


class Terms(Body):
    """`rule` says when work is billed: `at_once`, `after_approval` or `month_end` (one collective invoice);
    with `approve` the office approves the work first, by any rule. What is not said of them is the house's.
    `tax_codes` (`exempt`, `reverse_charge`, `export`, or a code with rates) come before those of place and article.
    How travel is billed and the minimum charge of an order (net) are the house's where they are not set.
    Without a `language` the documents speak the party's.
    """

    due_days: int = Field(default=30, ge=0, le=365)
    rule: BillingRule | None = None
    approve: bool | None = None
    channel: Literal["email", "letter"] = "email"
    language: Literal["fr", "de", "en"] | None = None
    currency: Currency = "CHF"
    vat_number: str | None = None
    vat_regime: str = "standard"
    tax_codes: tuple[TaxCodeFrom, ...] = ()
    travel: TravelRule | None = None
    minimum_charge: UnitPrice | None = None
    order_number_required: bool = False
    reminders: ReminderRule = Field(default_factory=ReminderRule)


@router.put("/debtors/{party_id}")
async def set_terms(party_id: str, body: Terms, commands: Commands, _: Bookkeeper) -> Answer:
    """Set a debtor's terms, whole; they hold for what is billed from now on."""
    refuse_unknown_codes(house(commands.runtime), (each.code for each in body.tax_codes))
    language = body.language or (await terms_of(commands.runtime, party_id)).language
    own = {name: value for name, value in body.model_dump().items() if value is not None}
    usual = house_terms(house(commands.runtime)).model_dump()
    terms = DebtorTerms.model_validate({**usual, **own, "language": language})
    return await commands.send(DEBTORS, party_id, SetDebtorTerms(debtor_id=party_id, terms=terms))


@router.get("/debtors/{party_id}")
async def get_terms(party_id: str, runtime: RuntimeDep, _: Identified) -> DebtorTerms:
    """Give a debtor's terms; who has none of its own has the house's."""
    return await terms_of(runtime, party_id)
