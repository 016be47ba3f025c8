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
    """A net unit price from a day on."""

    __tablename__ = "invoicing_price"
    article: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    unit_price: Decimal | None = exact()


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ArticlePublished() as fact:
            told = fact.model_dump(include={"kind", "unit", "tax_code", "names"})
            yield Put(ArticleRow, {"article": fact.article}, told)
        case ArticlePriced() as fact:
            key = fact.model_dump(include={"article", "currency", "valid_from"})
            yield Put(PriceRow, key, {"unit_price": fact.unit_price})


MODEL = ReadModel("invoicing.articles", (ArticleRow, PriceRow), (ArticlePublished, ArticlePriced), changes)


def price_list(session: Session) -> Sequence[ArticleRow]:
    """Give all articles by code."""
    return session.exec(select(ArticleRow).order_by(col(ArticleRow.article))).all()


def prices(session: Session) -> dict[str, list[PriceRow]]:
    """Give all prices by article, the oldest first."""
    found: dict[str, list[PriceRow]] = {}
    for row in session.exec(select(PriceRow).order_by(col(PriceRow.currency), col(PriceRow.valid_from))):
        found.setdefault(row.article, []).append(row)
    return found
