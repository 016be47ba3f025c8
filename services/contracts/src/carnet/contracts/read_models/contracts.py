"""Contracts as they stand, every version of them, and which objects they cover."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select, tuple_

from carnet.contracts.domain import contract as events
from carnet.contracts.domain.notice import notice_day
from carnet.contracts.domain.terms import Version
from carnet.contracts.read_models.occurrences import OccurrenceRow
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.kernel.web.cursor import keyset


class ContractRow(SQLModel, table=True):
    """A contract in its newest version; `whole` is that version as JSON, `revision` that of its stream, `notice_on` the
    last day on which a notice ends its term.
    """

    __tablename__ = "contracts_contract"
    contract_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    kind: str = ""
    debtor_id: str = Field(default="", index=True)
    starts_on: date | None = None
    ends_on: date | None = None
    terminated: bool = False
    notice_on: date | None = Field(default=None, index=True)
    version: int = 0
    revision: int = -1
    whole: dict[str, Any] = json()


class VersionRow(SQLModel, table=True):
    """One version: what made it (a value of `WHAT`) and all that it says."""

    __tablename__ = "contracts_version"
    contract_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    what: str = ""
    valid_from: date | None = None
    recorded: date | None = None
    changed: list[dict[str, Any]] = json()
    whole: dict[str, Any] = json()


class PositionRow(SQLModel, table=True):
    """An object under a contract, as the newest version has it."""

    __tablename__ = "contracts_position"
    contract_id: str = Field(primary_key=True)
    position_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)


WHAT: dict[type[Any], str] = {
    events.ContractSigned: "signed",
    events.ContractAmended: "amended",
    events.ContractExtended: "extended",
    events.ContractRenewed: "renewed",
    events.ContractRenewedTacitly: "renewed tacitly",
    events.ContractTerminated: "terminated",
}


def changes(heard: Heard[events.VersionMade]) -> Iterator[Change]:
    fact, version = heard.fact, heard.fact.version
    whole = version.model_dump(mode="json")
    here = {"contract_id": version.contract_id}
    yield Put(ContractRow, here, {**newest(version, fact), "revision": heard.notice.revision, "whole": whole})
    yield Put(VersionRow, {**here, "version": version.number}, {**dated(fact), "whole": whole})
    for position in version.terms.positions:
        yield Put(PositionRow, {**here, "position_id": position.position_id}, {"object_id": position.object_id})


def newest(version: Version, fact: events.VersionMade) -> dict[str, Any]:
    terms, terminated = version.terms, isinstance(fact, events.ContractTerminated)
    return {
        "number": terms.contract_number,
        "kind": terms.kind,
        "debtor_id": terms.parties.debtor_id,
        "starts_on": terms.start,
        "ends_on": terms.end,
        "terminated": terminated,
        "notice_on": None if terminated else notice_day(terms),
        "version": version.number,
    }


def dated(fact: events.VersionMade) -> dict[str, Any]:
    made = fact.model_dump(mode="json").get("changes", [])
    return {
        "what": WHAT[type(fact)],
        "valid_from": fact.version.valid_from,
        "recorded": fact.version.recorded,
        "changed": made,
    }


MODEL = ReadModel("contracts.contracts", (ContractRow, VersionRow, PositionRow), tuple(WHAT), changes)


@dataclass(frozen=True)
class Filter:
    """Which contracts to list; `due`: with a service that is due up to this day and still open."""

    debtor: str | None = None
    object_id: str | None = None
    kind: str | None = None
    due: date | None = None
    number: str = ""


def several(session: Session, contract_ids: Collection[str]) -> Sequence[ContractRow]:
    return session.exec(select(ContractRow).where(col(ContractRow.contract_id).in_(contract_ids))).all()


def one(session: Session, contract_id: str) -> ContractRow | None:
    return session.get(ContractRow, contract_id)


def version_of(row: ContractRow) -> Version:
    """Give the newest version of a contract."""
    return Version.model_validate(row.whole)


def versions(session: Session, contract_id: str) -> Sequence[VersionRow]:
    """Give all versions of a contract, the first one first."""
    statement = select(VersionRow).where(VersionRow.contract_id == contract_id)
    return session.exec(statement.order_by(col(VersionRow.version))).all()


def listed(session: Session, wanted: Filter, after: tuple[Any, ...], limit: int) -> Sequence[ContractRow]:
    """Give at most `limit` contracts by number, after the keyset (number, id)."""
    statement = select(ContractRow).where(*conditions(wanted))
    place = tuple_(col(ContractRow.number), col(ContractRow.contract_id))
    if after:
        statement = statement.where(place > keyset(after, str, str))
    return session.exec(statement.order_by(col(ContractRow.number), col(ContractRow.contract_id)).limit(limit)).all()


def conditions(wanted: Filter) -> Iterable[Any]:
    if wanted.debtor:
        yield ContractRow.debtor_id == wanted.debtor
    if wanted.kind:
        yield ContractRow.kind == wanted.kind
    if wanted.number:
        yield col(ContractRow.number).icontains(wanted.number, autoescape=True)
    if wanted.object_id:
        covering = select(PositionRow.contract_id).where(PositionRow.object_id == wanted.object_id)
        yield col(ContractRow.contract_id).in_(covering)
    if wanted.due:
        late = select(OccurrenceRow.contract_id).where(
            OccurrenceRow.status == "open", col(OccurrenceRow.due_on) <= wanted.due
        )
        yield col(ContractRow.contract_id).in_(late)


def to_decide(session: Session, first: date, last: date) -> Sequence[ContractRow]:
    """Give the contracts whose notice day lies between two days, the nearest first."""
    near = select(ContractRow).where(col(ContractRow.notice_on) >= first, col(ContractRow.notice_on) <= last)
    order = (ContractRow.notice_on, ContractRow.number, ContractRow.contract_id)
    return session.exec(near.order_by(*map(col, order))).all()


def sort_key(row: ContractRow) -> tuple[str, str]:
    return row.number, row.contract_id


def covering(session: Session, object_ids: Sequence[str]) -> Sequence[ContractRow]:
    """Give the contracts that have, or once had, a position for one of these objects, by number."""
    positions = select(PositionRow.contract_id).where(col(PositionRow.object_id).in_(object_ids))
    found = select(ContractRow).where(col(ContractRow.contract_id).in_(positions))
    return session.exec(found.order_by(col(ContractRow.number), col(ContractRow.contract_id))).all()
