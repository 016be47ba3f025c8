"""The price list (S108): articles, and what they cost from which day on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from carnet.invoicing.api.bodies import Body, Bookkeeper
from carnet.invoicing.billing.entries import Code, Currency, Day, Markup, TaxCodeName, Text, UnitPrice
from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.article import PublishArticle, SetArticlePrice
from carnet.invoicing.read_models import articles
from carnet.invoicing.read_models.articles import ArticleRow, PriceRow
from carnet.invoicing.streams import ARTICLES
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["articles"])


class NewPrice(Body):
    """A net unit price that holds from a day until the next one of its list, or until its last day.

    A list is of a customer, of a category of objects, of both, or everybody's; the most particular one holds.
    An expense may have a `markup` in percent in place of a price: it is billed as reported, with the mark-up.
    """

    price: UnitPrice | None = None
    markup: Markup | None = None
    currency: Currency = "CHF"
    valid_from: Day
    last_day: Day | None = None
    customer_id: Code | None = None
    category: Text | None = None

    @model_validator(mode="after")
    def has_one_price(self) -> Self:
        if (self.price is None) == (self.markup is None):
            raise ValueError("give a price, or the mark-up of an expense")
        return self

    @property
    def unit_price(self) -> Decimal:
        return self.price if self.price is not None else 1 + (self.markup or Decimal(0)) / 100


class NewArticle(NewPrice):
    """An article with its first price; `names` adds the name in other languages."""

    article: Code
    name: Text
    names: dict[Literal["fr", "de", "en"], Text] = Field(default_factory=dict)
    unit: Text
    kind: Literal["labour", "travel", "expense", "part", "fee"]
    tax_code: TaxCodeName = "standard"

    @property
    def publishing(self) -> PublishArticle:
        names = {"fr": self.name, **self.names}
        told = self.model_dump(include={"article", "kind", "unit", "tax_code"})
        return PublishArticle(**told, names=names)


class PriceView(BaseModel):
    price: Decimal
    currency: str
    valid_from: date
    last_day: date | None
    customer_id: str | None
    category: str | None


class ArticleView(BaseModel):
    article: str
    kind: str
    unit: str
    tax_code: str
    names: dict[str, str]
    prices: list[PriceView]


@router.post("/articles", status_code=201)
async def publish_article(body: NewArticle, commands: Commands, _: Bookkeeper) -> Answer:
    """Put an article into the catalogue, or describe it anew, with a price."""
    refuse_unknown_codes(house(commands.runtime), [body.tax_code])
    await commands.handle(ARTICLES, body.article, body.publishing)
    return await priced(body.article, body, commands)


@router.post("/articles/{article:path}/prices", status_code=201)
async def set_price(article: str, body: NewPrice, commands: Commands, _: Bookkeeper) -> Answer:
    """Give an article another price from a day on."""
    return await priced(article, body, commands)


async def priced(article: str, body: NewPrice, commands: Commands) -> Answer:
    told = body.model_dump(include={"currency", "valid_from", "last_day", "customer_id", "category"})
    command = SetArticlePrice(article=article, unit_price=body.unit_price, is_markup=body.markup is not None, **told)
    because = commands.because.step("price")
    return commands.answer(article, await commands.runtime.handle(ARTICLES, article, command, because))


@router.get("/articles", dependencies=[CaughtUp])
async def list_articles(runtime: RuntimeDep, _: Identified) -> list[ArticleView]:
    """List the whole catalogue with all prices."""
    rows, prices = await runtime.query(lambda session: (articles.price_list(session), articles.prices(session)))
    return [view(row, prices.get(row.article, [])) for row in rows]


def view(row: ArticleRow, prices: Sequence[PriceRow]) -> ArticleView:
    listed = [price_view(each) for each in prices]
    told = row.model_dump(include={"article", "kind", "unit", "tax_code", "names"})
    return ArticleView(**told, prices=listed)


def price_view(row: PriceRow) -> PriceView:
    told = row.model_dump(include={"currency", "valid_from", "last_day"})
    of = {"customer_id": row.customer_id or None, "category": row.category or None}
    return PriceView(price=row.unit_price or Decimal(0), **told, **of)
