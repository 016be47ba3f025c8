"""The contracts that cover an object, as their newest versions say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.events.contracts import (
    ContractAmended,
    ContractRenewed,
    ContractSigned,
    ContractTerminated,
    ContractVersion,
    Position,
)
from carnet.kernel.columns import exact
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put


class CoveredObject(SQLModel, table=True):
    """One position of a contract's newest version."""

    __tablename__ = "objects_covered"
    contract_id: str = Field(primary_key=True)
    position_id: str = Field(primary_key=True)
    object_id: str = Field(default="", index=True)
    number: str = ""
    kind: str = ""
    version: int = 0
    debtor_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    fee: Decimal | None = exact()
    currency: str = "CHF"
    services: str = ""


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ContractSigned() | ContractAmended() | ContractRenewed() | ContractTerminated() as fact:
            yield Delete(CoveredObject, {"contract_id": fact.contract_id})
            for position in fact.terms.positions:
                key = {"contract_id": fact.contract_id, "position_id": position.position_id}
                yield Put(CoveredObject, key, columns(fact.terms, position))


def columns(terms: ContractVersion, position: Position) -> dict[str, Any]:
    newest = max(position.prices, key=lambda price: price.valid_from, default=None)
    services = {cycle.service: None for cycle in terms.cycles if cycle.position_id == position.position_id}
    return {
        "object_id": position.object_id,
        "number": terms.number,
        "kind": terms.kind,
        "version": terms.version,
        "debtor_id": terms.debtor_id,
        "first_day": position.first_day,
        "last_day": min((day for day in (position.last_day, terms.end) if day), default=None),
        "fee": newest.fee if newest else None,
        "currency": terms.currency,
        "services": ", ".join(services),
    }


def covering(session: Session, object_id: str) -> list[CoveredObject]:
    """Give the contract positions of an object, by contract number."""
    query = select(CoveredObject).where(CoveredObject.object_id == object_id)
    by = col(CoveredObject.number), col(CoveredObject.first_day), col(CoveredObject.position_id)
    return list(session.exec(query.order_by(*by)))


CONTRACTS: Final = ReadModel(
    "objects.contracts",
    (CoveredObject,),
    (ContractSigned, ContractAmended, ContractRenewed, ContractTerminated),
    changes,
)
