"""The price list: articles with their prices by date."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.invoicing.domain.article import ArticlePriced, ArticlePublished
from carnet.kernel.columns import exact, json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class ArticleRow(SQLModel, table=True):
    """`names` are by language."""

    __tablename__ = "invoicing_article"
    article: str = Field(primary_key=True)
    kind: str = ""
    unit: str = ""
    tax_code: str = ""
    names: dict[str, str] = json()


class PriceRow(SQLModel, table=True):
    """A net unit price from a day on; without a customer and a category it is everybody's."""

    __tablename__ = "invoicing_price"
    article: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    last_day: date | None = None
    unit_price: Decimal | None = exact()


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ArticlePublished() as fact:
            told = fact.model_dump(include={"kind", "unit", "tax_code", "names"})
            yield Put(ArticleRow, {"article": fact.article}, told)
        case ArticlePriced() as fact:
            of = {"customer_id": fact.customer_id or "", "category": fact.category or ""}
            key = {**fact.model_dump(include={"article", "currency", "valid_from"}), **of}
            yield Put(PriceRow, key, fact.model_dump(include={"unit_price", "last_day"}))


MODEL = ReadModel("invoicing.articles", (ArticleRow, PriceRow), (ArticlePublished, ArticlePriced), changes)


def price_list(session: Session) -> Sequence[ArticleRow]:
    """Give all articles by code."""
    return session.exec(select(ArticleRow).order_by(col(ArticleRow.article))).all()


def prices(session: Session) -> dict[str, list[PriceRow]]:
    """Give all prices by article: by currency and list, everybody's first, the oldest first."""
    found: dict[str, list[PriceRow]] = {}
    order = (PriceRow.article, PriceRow.currency, PriceRow.customer_id, PriceRow.category, PriceRow.valid_from)
    for row in session.exec(select(PriceRow).order_by(*(col(each) for each in order))):
        found.setdefault(row.article, []).append(row)
    return found
