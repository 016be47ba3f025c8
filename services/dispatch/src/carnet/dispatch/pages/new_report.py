"""A technician's work of a day, reported with a form: hours of one kind, km, and one article."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, BeforeValidator, Field

from carnet.dispatch.domain.order_commands import ReportWork
from carnet.dispatch.domain.work import Code, Item, Text
from carnet.dispatch.pages.look import Worker, back_to
from carnet.dispatch.streams import ORDERS
from carnet.dispatch.streams.identity import report_id
from carnet.kernel.web.commands import Commands
from carnet.kernel.web.problems import BadRequest

router = APIRouter()
Amount: TypeAlias = Annotated[
    Decimal | None,
    BeforeValidator(lambda typed: typed or None),  # a field left empty
    Field(gt=0, max_digits=12, decimal_places=3),
]


class ReportForm(BaseModel):
    technician: Code
    day: date
    kind: Literal["repair", "service"] = "repair"
    hours: Amount = None
    km: Amount = None
    article: str = ""
    pieces: Amount = None
    warranty: bool = False
    note: Text = ""

    def items(self) -> Iterator[Item]:
        """Give what was filled in; an article without a number is one piece."""
        if self.hours:
            yield Item(kind=self.kind, quantity=self.hours)
        if self.km:
            yield Item(kind="km", quantity=self.km)
        if self.article:
            yield Item(kind="part", quantity=self.pieces or Decimal(1), article=self.article, warranty=self.warranty)


@router.post("/pages/orders/{order_id}/reports")
async def report(order_id: str, form: Annotated[ReportForm, Form()], commands: Commands, _: Worker) -> RedirectResponse:
    if not (items := tuple(form.items())):
        raise BadRequest("hours", "Fill in hours, km or a part.")
    command = ReportWork(
        report_id=report_id(order_id, form.technician, form.day),
        technician_id=form.technician,
        service_date=form.day,
        items=items,
        note=form.note,
    )
    answer = await commands.send(ORDERS, order_id, command)
    return back_to(order_id, answer.token)
