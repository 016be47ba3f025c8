"""The price list: articles with all their prices, and the form that sets another one (S108)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator

from carnet.invoicing.billing.entries import Code, Currency, Day
from carnet.invoicing.domain.article import SetArticlePrice
from carnet.invoicing.domain.price_list import ListPrice, PriceList, price_on
from carnet.invoicing.pages.figures import figure
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import articles, parties
from carnet.invoicing.read_models.articles import PriceRow
from carnet.invoicing.streams import ARTICLES
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.answer import told
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import BadRequest

router = APIRouter()
PRICE: Final = told("Enter the net price of a unit, as 145.00, or the mark-up of an expense.")
NOBODY: Final = told("No customer has this number; leave it empty for everybody.")
LastDay = Annotated[Day | None, BeforeValidator(lambda typed: typed or None)]  # a field left empty


class PriceForm(BaseModel):
    """`customer` is the customer's number; what is left empty is everybody's, or every object's."""

    article: Code
    price: str = ""
    markup: str = ""
    valid_from: Day
    last_day: LastDay = None
    currency: Currency = "CHF"
    customer: str = ""
    category: str = ""

    @property
    def unit_price(self) -> Decimal:
        """The price; an expense with a mark-up costs so much per unit of currency. Raises BadRequest for neither."""
        if self.markup and not self.price:
            return 1 + figure(self.markup, PRICE, "markup") / 100
        return figure(self.price, PRICE, "price")

    def command(self, customer_id: str | None) -> SetArticlePrice:
        told = self.model_dump(include={"article", "valid_from", "last_day", "currency"})
        of = {"customer_id": customer_id, "category": self.category.strip() or None}
        return SetArticlePrice(**told, **of, unit_price=self.unit_price, is_markup=not self.price)


class Asked(BaseModel):
    """For whom and when prices are looked for; with nothing typed all are shown. `article` is the form's choice."""

    customer: str = ""
    category: str = ""
    day: LastDay = None
    article: str = ""

    @property
    def is_any(self) -> bool:
        return bool(self.customer.strip() or self.category.strip() or self.day)


@router.get("/pages/prices", dependencies=[CaughtUp])
async def show_prices(
    request: Request, runtime: RuntimeDep, _: Identified, asked: Annotated[Asked, Query()]
) -> HTMLResponse:
    """Show all prices, or those that hold for a customer, a category of objects and a day."""
    listed, prices = await runtime.query(lambda session: (articles.price_list(session), articles.prices(session)))
    if asked.is_any:
        of, day = await customer(runtime, asked.customer.strip()), asked.day or runtime.today()
        prices = {code: holding(rows, of, asked.category.strip() or None, day) for code, rows in prices.items()}
    ids = {price.customer_id for rows in prices.values() for price in rows if price.customer_id}
    names = await runtime.query(lambda session: parties.names(session, ids))
    values: dict[str, Any] = {"articles": listed, "prices": prices, "names": names, "asked": asked}
    return PAGES.render(request, "prices.html", **values, **WORDS)


def holding(rows: Sequence[PriceRow], customer_id: str | None, category: str | None, day: date) -> list[PriceRow]:
    """Give the price that holds in each currency: that of the most particular list."""
    by_slot = {(row.currency, list_of(row), row.valid_from or date.min): row for row in rows}
    listed = {slot: listed_price(row) for slot, row in by_slot.items()}
    found = {
        coin: price_on(listed, coin, day, customer_id, category) for coin in sorted({row.currency for row in rows})
    }
    return [by_slot[coin, list_of(price), price.valid_from] for coin, price in found.items() if price]


def list_of(price: PriceRow | ListPrice) -> PriceList:
    return PriceList(customer_id=price.customer_id or None, category=price.category or None)


def listed_price(row: PriceRow) -> ListPrice:
    told = row.model_dump(include={"valid_from", "last_day", "unit_price"})
    return ListPrice(**list_of(row).model_dump(), **told)


@router.post("/pages/prices")
async def set_price(form: Annotated[PriceForm, Form()], commands: Commands, _: Bookkeeper) -> RedirectResponse:
    command = form.command(await customer(commands.runtime, form.customer.strip()))
    answer = await commands.send(ARTICLES, form.article, command)
    return RedirectResponse(f"/invoicing/pages/prices?after={answer.token}", 303)


async def customer(runtime: Runtime, number: str) -> str | None:
    """Give the customer of a number, None for no number; raises BadRequest where nobody has it."""
    if not number:
        return None
    party = await runtime.query(lambda session: parties.numbered(session, number))
    if party is None:
        raise BadRequest("customer", NOBODY)
    return party.party_id
