"""Columns that keep what they are given: exact decimals, UTC instants, JSON; text that every engine sorts alike."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field
from sqlmodel.sql.sqltypes import AutoString


class Exact(TypeDecorator[Decimal]):
    """A decimal as text: no engine rounds it, and none adds it up (sums are made in Python)."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment as ISO text in UTC, which sorts as time does."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, _: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


@compiles(AutoString, "postgresql")
@compiles(Instant, "postgresql")
def sorted_by_bytes(_: Any, __: Any, **___: Any) -> str:
    """Declare text that PostgreSQL sorts as SQLite does, whatever its database's language: lists page by it."""
    return 'VARCHAR COLLATE "C"'


def exact(default: Decimal | None = None, *, index: bool = False) -> Any:
    """Declare a column of exact decimals in a SQLModel table."""
    return Field(default=default, sa_type=Exact, index=index)


def instant(default: datetime | None = None, *, index: bool = False) -> Any:
    """Declare a column of UTC instants in a SQLModel table."""
    return Field(default=default, sa_type=Instant, index=index)


def large(*, default: Any = ...) -> Any:
    """Declare a column of numbers larger than PostgreSQL's INTEGER, such as positions, in a SQLModel table."""
    return Field(default=default, sa_type=BigInteger)


def json(default: Any = None) -> Any:
    """Declare a column of plain JSON values in a SQLModel table."""
    return Field(default=default, sa_type=JSON)
