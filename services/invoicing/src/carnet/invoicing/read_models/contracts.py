"""The terms of contracts as `contracts` publishes them: the newest whole version of each."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import tuple_
from sqlmodel import Field, Session, SQLModel, col, func, select

from carnet.events.contracts import (
    ContractAmended,
    ContractRenewed,
    ContractSigned,
    ContractTerminated,
    ContractVersion,
)
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put

Place: TypeAlias = tuple[str, str]  # a contract's number and its id
HEARD = (ContractSigned, ContractAmended, ContractRenewed, ContractTerminated)


class ContractRow(SQLModel, table=True):
    """`terms` is the whole published version as JSON."""

    __tablename__ = "invoicing_contract"
    contract_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    debtor_id: str = Field(default="", index=True)
    kind: str = ""
    version: int = 0
    terms: dict[str, Any] = json()

    @property
    def agreed(self) -> ContractVersion:
        return ContractVersion.model_validate(self.terms)


def changes(heard: Heard[Any]) -> Iterable[Change]:
    terms: ContractVersion = heard.fact.terms
    told = terms.model_dump(include={"number", "debtor_id", "kind", "version"})
    yield Put(ContractRow, {"contract_id": terms.contract_id}, {**told, "terms": terms.model_dump(mode="json")})


BILLED: Final = col(ContractRow.kind).in_(("maintenance", "licence"))  # a subscription is billed after its work (R4)
FIRST: Final[Place] = ("", "")  # before all contracts

MODEL = ReadModel("invoicing.contracts", (ContractRow,), HEARD, changes)


def one(session: Session, contract_id: str) -> ContractRow | None:
    return session.get(ContractRow, contract_id)


def count_billed(session: Session) -> int:
    """Say how many contracts a run goes over."""
    return session.exec(select(func.count()).select_from(ContractRow).where(BILLED)).one()


def next_billed(session: Session, after: Place, limit: int) -> Sequence[ContractRow]:
    """Give the contracts that a run bills, by number, up to `limit` past a place."""
    place = tuple_(col(ContractRow.number), col(ContractRow.contract_id))
    query = select(ContractRow).where(BILLED, col(ContractRow.number) >= after[0], place > after)
    return session.exec(query.order_by(col(ContractRow.number), col(ContractRow.contract_id)).limit(limit)).all()


def sort_key(row: ContractRow) -> Place:
    return row.number, row.contract_id
