"""Templates in their newest version."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.contracts.domain.template import Event, TemplateKept, TemplateRetired
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class TemplateRow(SQLModel, table=True):
    """A template: `whole` is its pattern as JSON."""

    __tablename__ = "contracts_template"
    name: str = Field(primary_key=True)
    version: int = 0
    kind: str = ""
    recorded: date | None = None
    retired: bool = False
    whole: dict[str, Any] = json()


def changes(heard: Heard[Event]) -> Iterator[Change]:
    match heard.fact:
        case TemplateKept(name=name) as fact:
            yield put(name, **told(fact))
        case TemplateRetired(name=name):
            yield put(name, retired=True)


def put(name: str, **values: Any) -> Put:
    return Put(TemplateRow, {"name": name}, values)


def told(fact: TemplateKept) -> dict[str, Any]:
    plain = fact.model_dump(include={"version", "recorded"})
    whole = fact.pattern.model_dump(mode="json")
    return {**plain, "kind": fact.pattern.kind, "retired": False, "whole": whole}


MODEL = ReadModel("contracts.templates", (TemplateRow,), (TemplateKept, TemplateRetired), changes)


def listed(session: Session) -> Sequence[TemplateRow]:
    """Give the templates that are not retired, by name."""
    return session.exec(select(TemplateRow).where(~col(TemplateRow.retired)).order_by(col(TemplateRow.name))).all()
