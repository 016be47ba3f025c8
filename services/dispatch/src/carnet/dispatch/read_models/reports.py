"""Work reports as they count: one row a technician's report, corrected ones as corrected."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.dispatch.domain.order_events import WorkReportCorrected, WorkReported
from carnet.kernel.columns import json
from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put


class ReportRow(SQLModel, table=True):
    """A report; `items` as reported, quantities as strings."""

    __tablename__ = "dispatch_report"
    report_id: str = Field(primary_key=True)
    order_id: str = Field(default="", index=True)
    object_id: str = ""
    technician_id: str = Field(default="", index=True)
    service_date: date | None = Field(default=None, index=True)
    items: list[dict[str, Any]] = json()
    note: str = ""
    corrected: bool = False


def changes(heard: Heard[WorkReported | WorkReportCorrected]) -> Iterable[Change]:
    report = heard.fact.report
    values = report.model_dump(exclude={"report_id", "items"})
    items = [item.model_dump(mode="json") for item in report.items]
    corrected = isinstance(heard.fact, WorkReportCorrected)
    yield Put(ReportRow, {"report_id": report.report_id}, {**values, "items": items, "corrected": corrected})


MODEL = ReadModel("dispatch.reports", (ReportRow,), (WorkReported, WorkReportCorrected), changes)


def of_order(session: Session, order_id: str) -> Sequence[ReportRow]:
    """Give the reports of an order by day."""
    statement = select(ReportRow).where(ReportRow.order_id == order_id)
    return session.exec(statement.order_by(col(ReportRow.service_date), col(ReportRow.report_id))).all()
