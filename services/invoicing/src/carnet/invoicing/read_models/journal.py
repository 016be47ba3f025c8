"""The journal: its entries by the day on which they are posted, and what stands on each account."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger
from sqlmodel import Field, Session, SQLModel, col, func, select, tuple_

from carnet.invoicing.domain.posting import JournalPosted
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset


class EntryRow(SQLModel, table=True):
    """An entry; `posted` is the whole event as JSON."""

    __tablename__ = "invoicing_entry"
    entry_id: str = Field(primary_key=True)
    posted_on: date | None = Field(default=None, index=True)
    dated: date | None = Field(default=None, index=True)
    document_id: str | None = Field(default=None, index=True)
    debtor_id: str = Field(default="", index=True)
    source: str = ""
    posted: dict[str, Any] = json()

    @property
    def whole(self) -> JournalPosted:
        return JournalPosted.model_validate(self.posted)


class EntryLineRow(SQLModel, table=True):
    """One line of an entry, in hundredths of its currency."""

    __tablename__ = "invoicing_entry_line"
    entry_id: str = Field(primary_key=True)
    n: int = Field(primary_key=True)
    account: str = Field(default="", index=True)
    currency: str = "CHF"
    posted_on: date | None = Field(default=None, index=True)
    debit: int = Field(default=0, sa_type=BigInteger)
    credit: int = Field(default=0, sa_type=BigInteger)


@dataclass(frozen=True)
class Turnover:
    """What was posted on an account in some days."""

    account: str
    currency: str
    debit: Decimal
    credit: Decimal


def changes(heard: Heard[JournalPosted]) -> Iterator[Change]:
    fact = heard.fact
    told = fact.model_dump(include={"posted_on", "dated", "debtor_id", "source"})
    told |= {"document_id": str(fact.document_id) if fact.document_id else None}
    yield Put(EntryRow, {"entry_id": str(fact.entry_id)}, {**told, "posted": fact.model_dump(mode="json")})
    for n, line in enumerate(fact.lines):
        sides = {"debit": int(line.debit.scaleb(2)), "credit": int(line.credit.scaleb(2))}
        where = {"account": line.account, "currency": fact.currency, "posted_on": fact.posted_on}
        yield Put(EntryLineRow, {"entry_id": str(fact.entry_id), "n": n}, {**where, **sides})


MODEL = ReadModel("invoicing.journal", (EntryRow, EntryLineRow), (JournalPosted,), changes)


def listed(
    session: Session, days: tuple[date, date], after: Sequence[str | int | None], limit: int
) -> Sequence[EntryRow]:
    """Give the entries posted on some days, in the order of these."""
    query = select(EntryRow).where(col(EntryRow.posted_on).between(*days))
    if after:
        place = tuple_(EntryRow.posted_on, EntryRow.entry_id)
        query = query.where(place > keyset(tuple(after), date.fromisoformat, str))
    by = (col(EntryRow.posted_on), col(EntryRow.entry_id))
    return session.exec(query.order_by(*by).limit(limit)).all()


def sort_key(row: EntryRow) -> tuple[str, str]:
    return str(row.posted_on), row.entry_id


def of_document(session: Session, document_id: str) -> Sequence[EntryRow]:
    """Give the entries of one document, in the order of their days."""
    query = select(EntryRow).where(EntryRow.document_id == document_id)
    return session.exec(query.order_by(col(EntryRow.posted_on), col(EntryRow.entry_id))).all()


def of_invoices(session: Session, document_ids: Iterable[str]) -> dict[str, JournalPosted]:
    """Give the entries by which invoices came into the books, by their ids."""
    query = select(EntryRow).where(EntryRow.source == "invoice", col(EntryRow.document_id).in_(list(document_ids)))
    return {str(row.document_id): row.whole for row in session.exec(query)}


def of_debtor(session: Session, debtor_id: str, limit: int) -> Sequence[EntryRow]:
    """Give the entries of one debtor but the releases of fees, the last posted first."""
    query = select(EntryRow).where(EntryRow.debtor_id == debtor_id, EntryRow.source != "release")
    return session.exec(query.order_by(col(EntryRow.posted_on).desc(), col(EntryRow.entry_id)).limit(limit)).all()


def elsewhere(session: Session, days: tuple[date, date]) -> Sequence[EntryRow]:
    """Give the entries that bear a day of some days and are posted after them, in the order of their own days."""
    query = select(EntryRow).where(col(EntryRow.dated).between(*days), col(EntryRow.posted_on) > days[1])
    return session.exec(query.order_by(col(EntryRow.dated), col(EntryRow.entry_id))).all()


def turnovers(session: Session, days: tuple[date, date]) -> list[Turnover]:
    """Give the sums of debit and credit by account and currency."""
    account, currency = col(EntryLineRow.account), col(EntryLineRow.currency)
    sums = func.sum(col(EntryLineRow.debit)), func.sum(col(EntryLineRow.credit))
    query = select(account, currency, *sums).where(col(EntryLineRow.posted_on).between(*days))
    rows = session.exec(query.group_by(account, currency).order_by(account, currency))
    return [Turnover(a, c, Decimal(int(d)).scaleb(-2), Decimal(int(k)).scaleb(-2)) for a, c, d, k in rows]
