"""Runs: of the fees, of the collective invoices, of the reminders. Each may be repeated without harm (R5, R8, R11)."""

from datetime import date
from decimal import Decimal
from itertools import groupby

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from carnet.invoicing.api.bodies import Bookkeeper, Dated
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.dunning import Reminder
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.receivables import Remind
from carnet.invoicing.domain.run import RecordRun
from carnet.invoicing.read_models import claims, contracts, items, runs
from carnet.invoicing.read_models.contracts import ContractRow
from carnet.invoicing.streams import RECEIVABLES
from carnet.invoicing.streams.billing_run import BillingRun, own_facts_seen, would_bill
from carnet.invoicing.streams.grouping import group
from carnet.invoicing.streams.letterhead import terms_of
from carnet.kernel.decider import Rejected
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["runs"])


class ParkedView(BaseModel):
    """What could not be billed, and why."""

    contract_id: str
    number: str
    reason: str


class RunView(BaseModel):
    """What a run did: documents claimed, contracts with nothing to bill, contracts that failed."""

    run_date: date
    billed: int
    nothing: int
    parked: list[ParkedView]


class WouldBill(BaseModel):
    """A document that a run would make of a contract."""

    contract_id: str
    number: str
    debtor_id: str
    kind: str
    currency: str
    lines: int
    totals: Totals


class Preview(BaseModel):
    """A dry run: the documents that a run of this day would make, and what it would park."""

    run_date: date
    documents: list[WouldBill]
    nothing: int
    parked: list[ParkedView]


class GroupView(BaseModel):
    """A collective invoice that was claimed; without a document its orders come to 0.00 together."""

    document_id: str | None
    debtor_id: str
    orders: list[str]
    payable: Decimal


class CollectiveRun(BaseModel):
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


@router.post("/runs")
async def bill(body: Dated, commands: Commands, _: Bookkeeper) -> RunView:
    """Bill all fees due up to a day that are not billed yet, oldest first; once more bills nothing."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    rows = await commands.runtime.query(contracts.billed_by_run)
    return shown(await BillingRun(commands.runtime, day, commands.because).over(rows))


def shown(done: RecordRun) -> RunView:
    return RunView.model_validate(done.model_dump())


@router.post("/runs/preview")
async def preview(body: Dated, runtime: RuntimeDep, _: Identified) -> Preview:
    """Say what a run of a day would bill; nothing is written."""
    return await dry_run(runtime, body.date or runtime.today())


async def dry_run(runtime: Runtime, day: date) -> Preview:
    found = Preview(run_date=day, documents=[], nothing=0, parked=[])
    for row in await runtime.query(contracts.billed_by_run):
        try:
            documents = would_make(row, await would_bill(runtime, row, day))
        except Rejected as why:
            found.parked.append(ParkedView(contract_id=row.contract_id, number=row.number, reason=str(why)))
        else:
            found.documents.extend(documents)
            found.nothing += not documents
    return found


def would_make(row: ContractRow, claim: FeesClaimed | None) -> list[WouldBill]:
    named = {"contract_id": row.contract_id, "number": row.number, "debtor_id": row.debtor_id}
    return [
        WouldBill(
            **named,
            kind=document.kind,
            currency=claim.currency,
            lines=len(document.lines),
            totals=document.totals,
        )
        for document in (claim.documents if claim else ())
        if claim
    ]


@router.get("/runs/parked", dependencies=[CaughtUp])
async def parked(runtime: RuntimeDep, _: Identified) -> list[ParkedView]:
    """List the contracts that the run of the latest day could not bill."""
    newest = await runtime.query(runs.newest)
    return [ParkedView.model_validate(each) for each in (newest.parked if newest else [])]


@router.post("/collective-runs")
async def collect(body: Dated, commands: Commands, _: Bookkeeper) -> CollectiveRun:
    """Put the orders closed up to the cut-off date onto collective invoices; once more makes none."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    rows = await commands.runtime.query(lambda session: claims.waiting(session, day))
    done = CollectiveRun(run_date=day, groups=[], parked={})
    for debtor_id, own in groupby(rows, key=lambda row: row.debtor_id):
        try:
            made = await group(commands.runtime, debtor_id, list(own), day, commands.because)
        except NotYet as why:
            done.parked[debtor_id] = str(why)
        else:
            done.groups.extend(grouped(event) for event in made)
    return done


@router.post("/reminder-runs")
async def remind(body: Dated, commands: Commands, _: Bookkeeper) -> ReminderRun:
    """Remind every debtor of what is overdue beyond the grace; once more on the same day sends nothing."""
    day = body.date or commands.runtime.today()
    await refuse_while_reading(commands.runtime)
    done = ReminderRun(run_date=day, reminders=[])
    for debtor_id in await commands.runtime.query(lambda session: items.overdue_debtors(session, day)):
        rule = (await terms_of(commands.runtime, debtor_id)).reminders
        outcome = await commands.handle(RECEIVABLES, debtor_id, Remind(debtor_id=debtor_id, run_date=day, rule=rule))
        done.reminders.extend(reminded(event.reminder) for event in outcome.events)
    return done


async def refuse_while_reading(runtime: Runtime) -> None:
    if not await own_facts_seen(runtime):
        raise HTTPException(503, "The books are still being read; start the run again in a moment.")


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
