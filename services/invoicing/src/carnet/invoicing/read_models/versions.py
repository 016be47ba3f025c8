"""Every version of a contract as `contracts` published it: what changed, from when, and when that was told."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.contracts import (
    ContractAmended,
    ContractRenewed,
    ContractSigned,
    ContractTerminated,
    ContractVersion,
)
from carnet.kernel.columns import instant
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

CHANGES: dict[type[Any], str] = {
    ContractSigned: "signed",
    ContractAmended: "amended",
    ContractRenewed: "renewed",
    ContractTerminated: "terminated",
}


class VersionRow(SQLModel, table=True):
    """One version; `told_at` is when contracts recorded it."""

    __tablename__ = "invoicing_contract_version"
    contract_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    change: str = ""
    reason: str = ""
    valid_from: date | None = None
    recorded: date | None = None
    told_at: datetime | None = instant()


def changes(heard: Heard[Any]) -> Iterable[Change]:
    terms: ContractVersion = heard.fact.terms
    key = {"contract_id": terms.contract_id, "version": terms.version}
    told = terms.model_dump(include={"valid_from", "recorded"})
    reason = getattr(heard.fact, "reason", "")
    yield Put(
        VersionRow, key, {**told, "change": CHANGES[type(heard.fact)], "reason": reason, "told_at": heard.notice.at}
    )


MODEL = ReadModel("invoicing.versions", (VersionRow,), tuple(CHANGES), changes)


def since(session: Session, contract_id: str, after: int, until: int) -> Sequence[VersionRow]:
    """Give the versions after one up to another, in their order."""
    query = select(VersionRow).where(VersionRow.contract_id == contract_id)
    query = query.where(col(VersionRow.version) > after, col(VersionRow.version) <= until)
    return session.exec(query.order_by(col(VersionRow.version))).all()


def of_contracts(session: Session, contract_ids: Iterable[str]) -> dict[str, list[VersionRow]]:
    """Give all versions of some contracts, by contract and in their order."""
    query = select(VersionRow).where(col(VersionRow.contract_id).in_(contract_ids))
    found: dict[str, list[VersionRow]] = {}
    for row in session.exec(query.order_by(col(VersionRow.version))):
        found.setdefault(row.contract_id, []).append(row)
    return found
