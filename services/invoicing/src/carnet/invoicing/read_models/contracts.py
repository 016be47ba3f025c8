"""The terms of contracts as `contracts` publishes them: the newest whole version of each."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

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


MODEL = ReadModel("invoicing.contracts", (ContractRow,), HEARD, changes)


def one(session: Session, contract_id: str) -> ContractRow | None:
    return session.get(ContractRow, contract_id)


def billed_by_run(session: Session) -> Sequence[ContractRow]:
    """Give all contracts that a run bills, by number; a subscription is billed after its work (R4)."""
    query = select(ContractRow).where(col(ContractRow.kind).in_(("maintenance", "licence")))
    return session.exec(query.order_by(col(ContractRow.number), col(ContractRow.contract_id))).all()
