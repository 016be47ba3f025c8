"""The price list: articles with all their prices, and the form that sets another one (S108)."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator

from carnet.invoicing.billing.entries import Code, Currency, Day
from carnet.invoicing.domain.article import SetArticlePrice
from carnet.invoicing.pages.figures import figure
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import articles, parties
from carnet.invoicing.streams import ARTICLES
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


@router.get("/pages/prices", dependencies=[CaughtUp])
async def show_prices(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    listed, prices = await runtime.query(lambda session: (articles.price_list(session), articles.prices(session)))
    ids = {price.customer_id for rows in prices.values() for price in rows if price.customer_id}
    names = await runtime.query(lambda session: parties.names(session, ids))
    choices = [(each.article, each.article) for each in listed]
    values: dict[str, Any] = {"articles": listed, "prices": prices, "names": names, "choices": choices}
    return PAGES.render(request, "prices.html", **values, **WORDS)


@router.post("/pages/prices")
async def set_price(form: Annotated[PriceForm, Form()], commands: Commands, _: Bookkeeper) -> RedirectResponse:
    command = form.command(await customer(commands, form.customer.strip()))
    answer = await commands.send(ARTICLES, form.article, command)
    return RedirectResponse(f"/invoicing/pages/prices?after={answer.token}", 303)


async def customer(commands: Commands, number: str) -> str | None:
    """Give the customer of a number, None for no number; raises BadRequest where nobody has it."""
    if not number:
        return None
    party = await commands.runtime.query(lambda session: parties.numbered(session, number))
    if party is None:
        raise BadRequest("customer", NOBODY)
    return party.party_id
