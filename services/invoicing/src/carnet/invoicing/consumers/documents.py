"""From a claim to a document in the customer's hand: numbered, rendered, booked (promise 8).

Each step is a reaction to the event of the step before, so a claim that a crash left without a number is finished as
soon as the service runs again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from carnet.invoicing.billing.issuing import issue_fees, issue_goodwill, issue_group, issue_reminder, issue_work
from carnet.invoicing.billing.numbering import numbering
from carnet.invoicing.billing.rendering import printers, render_once
from carnet.invoicing.consumers.booking import entry
from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.bookings import ReminderClaimed
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.goodwill import GoodwillGranted
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

NUMBERED = "a claim becomes a numbered document"
RENDERED = "an issued document is rendered"
BOOKED = "an issued document is booked"
C = TypeVar("C")
Issue = Callable[[Runtime, C, Because], Awaitable[None]]


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    def numbered(issue: Issue[Any]) -> Callable[[Heard[Any]], Awaitable[None]]:
        async def number(heard: Heard[Any]) -> None:
            try:
                async with numbering(runtime).turn:  # a run numbers its own claims first, in the order of its contracts
                    await issue(runtime, heard.fact, heard.because(NUMBERED))
            except Rejected as why:
                raise NotYet(str(why)) from why  # it is issued once what is missing was entered

        return number

    async def to_paper(heard: Heard[DocumentIssued]) -> None:
        await render_once(runtime, heard.fact, heard.because(RENDERED))

    async def book(heard: Heard[DocumentIssued]) -> None:
        if (command := entry(heard.fact)) is not None:
            debtor_id = heard.fact.document.recipient.party_id
            await runtime.handle(RECEIVABLES, debtor_id, command, heard.because(BOOKED))

    claims: dict[type[BaseModel], Callable[[Heard[Any]], Awaitable[None]]] = {
        FeesClaimed: numbered(issue_fees),
        WorkClaimed: numbered(issue_work),
        OrdersGrouped: numbered(issue_group),
        ReminderClaimed: numbered(issue_reminder),
        GoodwillGranted: numbered(issue_goodwill),
    }
    return (
        Reaction(NUMBERED, claims, start="beginning"),
        Reaction(RENDERED, {DocumentIssued: to_paper}, start="beginning", at_once=printers(runtime).at_once),
        Reaction(BOOKED, {DocumentIssued: book}, start="beginning"),
    )
