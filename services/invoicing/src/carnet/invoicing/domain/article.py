"""An article of the price list: an hour, a kilometre or a part, with prices that hold from a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.invoicing.domain.price_list import ListPrice, PriceList, Slot
from carnet.kernel.decider import Decider, Rejected

ArticleKind: TypeAlias = Literal["labour", "travel", "expense", "part", "fee"]


class ArticlePublished(BaseModel, frozen=True):
    """The article is in the catalogue, or its description changed."""

    type: Literal["article-published.v1"] = "article-published.v1"
    article: str
    kind: ArticleKind
    unit: str
    names: dict[str, str]
    tax_code: str


class ArticlePriced(BaseModel, frozen=True):
    """A unit price, net, from a day until the next one of its currency and list, and the article as it then was."""

    type: Literal["article-priced.v1"] = "article-priced.v1"
    article: str
    kind: ArticleKind
    unit: str
    names: dict[str, str]
    tax_code: str
    currency: str
    valid_from: date
    unit_price: Decimal
    customer_id: str | None = None
    category: str | None = None
    last_day: date | None = None

    @property
    def slot(self) -> Slot:
        return self.currency, PriceList(customer_id=self.customer_id, category=self.category), self.valid_from

    @property
    def listed(self) -> ListPrice:
        return ListPrice(**self.model_dump(include=set(ListPrice.model_fields)))


class PublishArticle(BaseModel, frozen=True):
    """`names` are by language."""

    article: str
    kind: ArticleKind
    unit: str
    names: dict[str, str] = Field(min_length=1)
    tax_code: str = "standard"


class SetArticlePrice(BaseModel, frozen=True):
    """Without a customer and a category of objects the price is everybody's; without a last day it holds on.

    An expense is reported in units of currency, so its price per unit is its mark-up: 1.10 is 10 %.
    """

    article: str
    currency: str = Field(default="CHF", pattern="^[A-Z]{3}$")
    valid_from: date
    unit_price: Decimal = Field(ge=0)
    customer_id: str | None = None
    category: str | None = None
    last_day: date | None = None
    is_markup: bool = False


Event: TypeAlias = Annotated[ArticlePublished | ArticlePriced, Field(discriminator="type")]
Command: TypeAlias = PublishArticle | SetArticlePrice


@dataclass(frozen=True)
class State:
    published: ArticlePublished | None = None
    prices: Mapping[Slot, ListPrice] = field(default_factory=dict)


def publish(command: PublishArticle, state: State) -> list[Event]:
    published = ArticlePublished(**command.model_dump())
    return [] if published == state.published else [published]


def price(command: SetArticlePrice, state: State) -> list[Event]:
    if state.published is None:
        raise Rejected("Publish the article before giving it a price.")
    if command.last_day is not None and command.last_day < command.valid_from:
        raise Rejected("Let the price hold until {day} or later: it starts then.", day=command.valid_from)
    if command.is_markup and state.published.kind != "expense":
        raise Rejected("Give this article a price: only an expense has a mark-up.")
    described = state.published.model_dump(include={"kind", "unit", "names", "tax_code"})
    priced = ArticlePriced(**command.model_dump(exclude={"is_markup"}), **described)
    return [] if state.prices.get(priced.slot) == priced.listed else [priced]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case PublishArticle():
            return publish(command, state)
        case SetArticlePrice():
            return price(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case ArticlePublished():
            return replace(state, published=event)
        case ArticlePriced():
            return replace(state, prices={**state.prices, event.slot: event.listed})
        case _:
            assert_never(event)


article = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
