"""An article of the price list: an hour, a kilometre or a part, with prices that hold from a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

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
    """A unit price, net, from a day until the next one of its currency, and the article as it then was."""

    type: Literal["article-priced.v1"] = "article-priced.v1"
    article: str
    kind: ArticleKind
    unit: str
    names: dict[str, str]
    tax_code: str
    currency: str
    valid_from: date
    unit_price: Decimal


class PublishArticle(BaseModel, frozen=True):
    """`names` are by language."""

    article: str
    kind: ArticleKind
    unit: str
    names: dict[str, str] = Field(min_length=1)
    tax_code: str = "standard"


class SetArticlePrice(BaseModel, frozen=True):
    article: str
    currency: str = Field(default="CHF", pattern="^[A-Z]{3}$")
    valid_from: date
    unit_price: Decimal = Field(ge=0)


Event: TypeAlias = Annotated[ArticlePublished | ArticlePriced, Field(discriminator="type")]
Command: TypeAlias = PublishArticle | SetArticlePrice


@dataclass(frozen=True)
class State:
    published: ArticlePublished | None = None
    prices: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)


def price_on(state: State, currency: str, day: date) -> Decimal | None:
    """The unit price of a service day, or None before the first one."""
    held = [(since, price) for (of, since), price in state.prices.items() if of == currency and since <= day]
    return max(held)[1] if held else None


def publish(command: PublishArticle, state: State) -> list[Event]:
    published = ArticlePublished(**command.model_dump())
    return [] if published == state.published else [published]


def price(command: SetArticlePrice, state: State) -> list[Event]:
    if state.published is None:
        raise Rejected("Publish the article before giving it a price.")
    if state.prices.get((command.currency, command.valid_from)) == command.unit_price:
        return []
    described = state.published.model_dump(include={"kind", "unit", "names", "tax_code"})
    return [ArticlePriced(**command.model_dump(), **described)]


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
        case ArticlePriced(currency=currency, valid_from=since, unit_price=unit_price):
            return replace(state, prices={**state.prices, (currency, since): unit_price})
        case _:
            assert_never(event)


article = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
