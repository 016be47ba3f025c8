"""An order is billed by its debtor's rule, at the prices of the day of service (R4, R5, R9)."""

from datetime import date
from decimal import Decimal

from carnet.invoicing.billing.letterhead import house, terms_of
from carnet.invoicing.domain import article
from carnet.invoicing.domain.billable import ClaimWork, State
from carnet.invoicing.domain.order_facts import BillingRule, awaited
from carnet.invoicing.domain.work_lines import WorkItem
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import ARTICLES, BILLABLES
from carnet.kernel.because import Because
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


async def bill_when_ready(runtime: Runtime, order_id: str, because: Because) -> str | None:
    """Bill an order, or give the sentence that says what it waits for; raises NotYet where a price is missing."""
    state = await runtime.state(BILLABLES, order_id)
    order = state.known.order
    terms = await terms_of(runtime, order.debtor_id if order and not order.internal else None)
    if (missing := awaited(state.known, terms.rule)) is not None:
        return missing
    if state.settled is None:
        await runtime.handle(BILLABLES, order_id, await claim(runtime, state, terms.rule, terms.currency), because)
    return None


async def claim(runtime: Runtime, state: State, rule: BillingRule, currency: str) -> ClaimWork:
    settings = house(runtime)
    return ClaimWork(
        claimed_on=claimed_on(state, rule, runtime.today()),
        rule=rule,
        currency=currency,
        unit_prices=await unit_prices(runtime, state.known.billed_items, currency),
        vat=settings.vat,
        payable_step=settings.step(currency),
    )


def claimed_on(state: State, rule: BillingRule, today: date) -> date:
    """Give the day on which nothing was awaited any more; work that is billed again is billed today."""
    known = state.known
    days = [known.outcome.closed_on] if known.outcome else [today]
    days += [known.approval.approved_on] if known.approval and rule == "after_approval" else []
    days += [today] if state.voided else []
    return max(days)


async def unit_prices(runtime: Runtime, items: list[WorkItem], currency: str) -> dict[str, Decimal]:
    """Give the price of each item on its day of service; an expense is reported in units of the currency."""
    codes = {item.item_id: code for item in items if (code := article_of(item, house(runtime)))}
    states = {code: await runtime.state(ARTICLES, code) for code in sorted(set(codes.values()))}
    return {
        item.item_id: price(item, codes[item.item_id], states[codes[item.item_id]], currency)
        for item in items
        if item.item_id in codes
    }


def article_of(item: WorkItem, settings: InvoicingSettings) -> str | None:
    if item.article or item.kind in {"expense", "part"}:
        return item.article
    return settings.travel_article if item.kind == "km" else settings.labour_article


def price(item: WorkItem, code: str, state: article.State, currency: str) -> Decimal:
    found = article.price_on(state, currency, item.service_date)
    if found is None:
        raise NotYet(f"Give the article {code} a price in {currency} that holds on {item.service_date}.")
    return found
