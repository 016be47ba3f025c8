"""The articles that a report can name, as `invoicing` tells them; their prices are not ours to know."""

from collections.abc import Iterable, Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.invoicing import ArticlePublished
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class ArticleRow(SQLModel, table=True):
    __tablename__ = "dispatch_article"
    article: str = Field(primary_key=True)
    name: str = ""
    unit: str = ""
    kind: str = Field(default="part", index=True)


def changes(heard: Heard[ArticlePublished]) -> Iterable[Change]:
    fact = heard.fact
    yield Put(ArticleRow, {"article": fact.article}, {"name": fact.name, "unit": fact.unit, "kind": fact.kind})


MODEL = ReadModel("dispatch.articles", (ArticleRow,), (ArticlePublished,), changes)


def parts(session: Session) -> Sequence[ArticleRow]:
    """Give the articles that are parts, by name."""
    query = select(ArticleRow).where(ArticleRow.kind == "part")
    return session.exec(query.order_by(col(ArticleRow.name), col(ArticleRow.article))).all()


def everything(session: Session) -> Sequence[ArticleRow]:
    """Give all articles, by name."""
    return session.exec(select(ArticleRow).order_by(col(ArticleRow.name), col(ArticleRow.article))).all()
