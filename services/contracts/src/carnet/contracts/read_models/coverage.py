"""What a contract bears of each order, and on which stream its visit is counted."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel

from carnet.contracts.domain.coverage import CoverageDecided, Event, VisitConsumed, VisitReleased, VisitReserved
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class CoverageRow(SQLModel, table=True):
    """One order; `status` is reserved, consumed or released, `reason` why it is covered or not."""

    __tablename__ = "contracts_coverage"
    order_id: str = Field(primary_key=True)
    stream: str = Field(default="", index=True)
    contract_id: str | None = Field(default=None, index=True)
    version: int | None = None
    object_id: str = ""
    order_type: str = ""
    service_date: date | None = None
    reason: str = ""
    visit: int | None = None
    visits: int | None = None
    shares: dict[str, str] = json()
    status: str = "reserved"


def changes(heard: Heard[Event]) -> Iterator[Change]:
    match heard.fact:
        case CoverageDecided() as fact:
            yield put(fact.order_id, stream=heard.notice.stream, status="reserved", **decided(fact))
        case VisitConsumed(order_id=order_id):
            yield put(order_id, status="consumed")
        case VisitReleased(order_id=order_id):
            yield put(order_id, status="released")
        case VisitReserved(order_id=order_id):
            yield put(order_id, status="reserved")


def put(order_id: str, **values: Any) -> Put:
    return Put(CoverageRow, {"order_id": order_id}, values)


def decided(fact: CoverageDecided) -> dict[str, Any]:
    names = {"contract_id", "version", "object_id", "order_type", "service_date"}
    verdict = fact.verdict.model_dump(mode="json", include={"reason", "visit", "visits", "shares"})
    return fact.model_dump(include=names) | verdict


MODEL = ReadModel(
    "contracts.coverage", (CoverageRow,), (CoverageDecided, VisitConsumed, VisitReleased, VisitReserved), changes
)


def of_order(session: Session, order_id: str) -> CoverageRow | None:
    """Give what was decided of an order, None where nothing was."""
    return session.get(CoverageRow, order_id)
