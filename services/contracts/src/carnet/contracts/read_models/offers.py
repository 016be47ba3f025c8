"""Offers that stand, and those that came to nothing; a signed one has become a contract."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select, tuple_

from carnet.contracts.domain.contract import ContractSigned
from carnet.contracts.domain.offer import ContractOffered, OfferClosed, OfferRevised
from carnet.contracts.domain.terms import Terms
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Delete, Put
from carnet.kernel.web.cursor import keyset


class OfferRow(SQLModel, table=True):
    """An offer: `status` is standing, declined, withdrawn or lapsed, `whole` its terms as JSON."""

    __tablename__ = "contracts_offer"
    contract_id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)
    kind: str = ""
    debtor_id: str = ""
    starts_on: date | None = None
    offered_on: date | None = None
    valid_until: date | None = None
    status: str = Field(default="standing", index=True)
    reason: str = ""
    revision: int = -1
    whole: dict[str, Any] = json()


def changes(heard: Heard[Any]) -> Iterator[Change]:
    match heard.fact:
        case ContractOffered() | OfferRevised() as fact:
            yield put(heard, status="standing", reason="", **told(fact))
        case OfferClosed(outcome=outcome, reason=reason):
            yield put(heard, status=outcome, reason=reason)
        case ContractSigned(version=version):
            yield Delete(OfferRow, {"contract_id": version.contract_id})


def put(heard: Heard[Any], **values: Any) -> Put:
    return Put(OfferRow, {"contract_id": heard.fact.contract_id}, {"revision": heard.notice.revision, **values})


def told(fact: ContractOffered | OfferRevised) -> dict[str, Any]:
    return {
        "number": fact.terms.contract_number,
        "kind": fact.terms.kind,
        "debtor_id": fact.terms.parties.debtor_id,
        "starts_on": fact.terms.start,
        "offered_on": fact.recorded,
        "valid_until": fact.valid_until,
        "whole": fact.terms.model_dump(mode="json"),
    }


MODEL = ReadModel(
    "contracts.offers", (OfferRow,), (ContractOffered, OfferRevised, OfferClosed, ContractSigned), changes
)


def one(session: Session, contract_id: str) -> OfferRow | None:
    return session.get(OfferRow, contract_id)


def terms_of(row: OfferRow) -> Terms:
    """Give what was offered last."""
    return Terms.model_validate(row.whole)


def standing(session: Session) -> Sequence[str]:
    """Give the ids of the offers that the customer may still sign, by number."""
    statement = select(OfferRow.contract_id).where(OfferRow.status == "standing")
    return session.exec(statement.order_by(col(OfferRow.number), col(OfferRow.contract_id))).all()


def listed(session: Session, status: str | None, after: tuple[Any, ...], limit: int) -> Sequence[OfferRow]:
    """Give at most `limit` offers, of one status or of all, by number, after the keyset (number, id)."""
    place = tuple_(col(OfferRow.number), col(OfferRow.contract_id))
    statement = select(OfferRow).where(OfferRow.status == status) if status else select(OfferRow)
    if after:
        statement = statement.where(place > keyset(after, str, str))
    return session.exec(statement.order_by(col(OfferRow.number), col(OfferRow.contract_id)).limit(limit)).all()


def sort_key(row: OfferRow) -> tuple[str, str]:
    return row.number, row.contract_id
