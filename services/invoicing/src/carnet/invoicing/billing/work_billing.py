"""An order is billed by its debtor's rule, at the prices of the day of service (R4, R5, R9)."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from carnet.invoicing.billing.letterhead import house, letterhead, terms_of
from carnet.invoicing.billing.taxing import item_taxes
from carnet.invoicing.billing.travelling import journey_of
from carnet.invoicing.domain import article
from carnet.invoicing.domain.billable import ClaimWork, State, WorkClaimed
from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.domain.order_facts import awaited
from carnet.invoicing.domain.price_list import ListPrice, price_on
from carnet.invoicing.domain.visit_charge import visit_item
from carnet.invoicing.domain.work_lines import WorkItem
from carnet.invoicing.read_models import nodes
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import ARTICLES, BILLABLES
from carnet.kernel.because import Because
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime

Listed: TypeAlias = tuple[str, article.State]
"""An article by its code."""


async def bill_when_ready(runtime: Runtime, order_id: str, because: Because) -> str | None:
    """Bill an order, or give the sentence that says what it waits for; raises NotYet where a price is missing."""
    state = await runtime.state(BILLABLES, order_id)
    order = state.known.order
    terms = await terms_of(runtime, order.debtor_id if order and not order.internal else None)
    if (missing := awaited(state.known, terms.rule, approve=terms.approve)) is not None:
        return missing
    if state.settled is None:
        command = await claim(runtime, state, terms)
        await require_address(runtime, BILLABLES.decider.decide(command, state))
        await runtime.handle(BILLABLES, order_id, command, because)
    return None


async def require_address(runtime: Runtime, events: Iterable[object]) -> None:
    """Raise NotYet where what would be claimed could not be sent: then nothing is claimed."""
    for event in events:
        if isinstance(event, WorkClaimed) and not event.collective:
            await letterhead(runtime, event.order.debtor_id)


async def claim(runtime: Runtime, state: State, terms: DebtorTerms) -> ClaimWork:
    settings, journey = house(runtime), await journey_of(runtime, state.known, terms)
    items = [*state.known.billed_items(journey), *visit_item(state.known)]
    listed = await articles_of(runtime, items)
    prices = await list_prices(runtime, state, items, listed, terms.currency)
    tax_codes = {item_id: each.published.tax_code for item_id, (_, each) in listed.items() if each.published}
    return ClaimWork(
        claimed_on=claimed_on(state, terms, runtime.today()),
        rule=terms.rule,
        approve=terms.approve,
        currency=terms.currency,
        unit_prices={item_id: found.unit_price for item_id, found in prices.items()},
        price_lists=prices,
        vat=settings.vat,
        taxes=await item_taxes(runtime, items, tax_codes, terms),
        payable_step=settings.step(terms.currency),
        journey=journey,
        minimum=minimum_of(settings, terms),
    )


def claimed_on(state: State, terms: DebtorTerms, today: date) -> date:
    """Give the day on which nothing was awaited any more; work that is billed again is billed today."""
    known = state.known
    days = [known.outcome.closed_on] if known.outcome else [today]
    approved_first = terms.approve or terms.rule == "after_approval"
    days += [known.approval.approved_on] if known.approval and approved_first else []
    days += [today] if state.voided else []
    return max(days)


async def articles_of(runtime: Runtime, items: list[WorkItem]) -> dict[str, Listed]:
    """Give the article of each item that has one, by item id."""
    codes = {item.item_id: code for item in items if (code := article_of(item, house(runtime)))}
    states = {code: await runtime.state(ARTICLES, code) for code in sorted(set(codes.values()))}
    return {item_id: (code, states[code]) for item_id, code in codes.items()}


def minimum_of(settings: InvoicingSettings, terms: DebtorTerms) -> Decimal:
    """Give the minimum charge of an order, net: the debtor's, else the house's in that currency, else none."""
    house_minimum = settings.minimum_charges.get(terms.currency, NOTHING)
    return house_minimum if terms.minimum_charge is None else terms.minimum_charge


async def list_prices(
    runtime: Runtime, state: State, items: Iterable[WorkItem], listed: Mapping[str, Listed], currency: str
) -> dict[str, ListPrice]:
    """Give the price of each item that has an article, on its day of service."""
    items = [item for item in items if item.item_id in listed]
    objects = {item.object_id for item in items if item.object_id}
    of = await runtime.query(lambda session: nodes.categories(session, objects))
    customer = state.known.order.debtor_id if state.known.order else None
    return {
        item.item_id: price(item, *listed[item.item_id], currency, customer, of.get(item.object_id or ""))
        for item in items
    }


def article_of(item: WorkItem, settings: InvoicingSettings) -> str | None:
    if item.article or item.kind in {"expense", "part", "journey", "visit"}:
        return item.article
    return settings.travel_article if item.kind == "km" else settings.labour_article


def price(  # whom a price is for has two names
    item: WorkItem, code: str, state: article.State, currency: str, customer: str | None, category: str | None
) -> ListPrice:
    found = price_on(state.prices, currency, item.service_date, customer, category)
    if found is None:
        raise NotYet(f"Give the article {code} a price in {currency} that holds on {item.service_date}.")
    return found
