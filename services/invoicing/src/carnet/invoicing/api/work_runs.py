"""The runs of collective invoices and of reminders; each may be repeated without harm (R5, R11)."""

from datetime import date
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Bookkeeper, Dated
from carnet.invoicing.api.runs import refuse_while_reading
from carnet.invoicing.billing import work_runs
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.dunning import Reminder
from carnet.kernel.web.commands import Commands

router = APIRouter(tags=["runs"])


class GroupView(BaseModel):
    """A collective invoice that was claimed; without a document its orders come to 0.00 together."""

    document_id: str | None
    debtor_id: str
    orders: list[str]
    payable: Decimal


class CollectiveRun(BaseModel):
    """`parked` gives the reason by debtor."""

    run_date: date
    groups: list[GroupView]
    parked: dict[str, str]


class ReminderView(BaseModel):
    reminder_id: str
    debtor_id: str
    invoices: list[str]
    total: Decimal


class ReminderRun(BaseModel):
    run_date: date
    reminders: list[ReminderView]


@router.post("/collective-runs")
async def collect(body: Dated, commands: Commands, _: Bookkeeper) -> CollectiveRun:
    """Put the orders closed up to the cut-off date onto collective invoices; once more makes none."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    done = await work_runs.collect(commands.runtime, day, commands.because)
    return CollectiveRun(run_date=day, groups=[grouped(event) for event in done.groups], parked=done.parked)


@router.post("/reminder-runs")
async def remind(body: Dated, commands: Commands, _: Bookkeeper) -> ReminderRun:
    """Remind every debtor of what is overdue beyond the grace; once more on the same day sends nothing."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    done = await work_runs.remind(commands.runtime, day, commands.because)
    return ReminderRun(run_date=day, reminders=[reminded(reminder) for reminder in done])


def grouped(event: OrdersGrouped) -> GroupView:
    return GroupView(
        document_id=str(event.document_id) if event.document_id else None,
        debtor_id=event.key.debtor_id,
        orders=[block.order_id for block in event.blocks],
        payable=event.totals.payable,
    )


def reminded(reminder: Reminder) -> ReminderView:
    return ReminderView(
        reminder_id=str(reminder.reminder_id),
        debtor_id=reminder.debtor_id,
        invoices=[item.number for item in reminder.items],
        total=reminder.total,
    )
