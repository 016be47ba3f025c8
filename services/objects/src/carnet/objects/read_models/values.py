"""What an object's extra fields say since when, and what its meters showed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.columns import exact
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.objects.domain.object import FieldValued, MeterRead


class FieldValue(SQLModel, table=True):
    __tablename__ = "objects_field_value"
    object_id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    value: str = ""


class Reading(SQLModel, table=True):
    __tablename__ = "objects_reading"
    object_id: str = Field(primary_key=True)
    meter: str = Field(primary_key=True)
    read_on: date = Field(primary_key=True)
    reading: Decimal | None = exact()


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case FieldValued() as fact:
            key = {"object_id": fact.object_id, "field": fact.field, "valid_from": fact.valid_from}
            yield Put(FieldValue, key, {"value": fact.value})
        case MeterRead() as fact:
            key = {"object_id": fact.object_id, "meter": fact.meter, "read_on": fact.read_on}
            yield Put(Reading, key, {"reading": fact.reading})


def fields_on(session: Session, object_id: str, day: date) -> dict[str, str]:
    """Give what was said of an object's fields by a day, the newest for each; empty where one was taken away."""
    query = select(FieldValue).where(FieldValue.object_id == object_id, col(FieldValue.valid_from) <= day)
    return {each.field: each.value for each in session.exec(query.order_by(col(FieldValue.valid_from)))}


def readings(session: Session, object_id: str, limit: int = 100) -> list[Reading]:
    """Give an object's readings, the newest first."""
    query = select(Reading).where(Reading.object_id == object_id)
    return list(session.exec(query.order_by(col(Reading.read_on).desc(), col(Reading.meter)).limit(limit)))


VALUES: Final = ReadModel("objects.values", (FieldValue, Reading), (FieldValued, MeterRead), changes)
