"""The runs over debtors: collective invoices at the cut-off date (R5), reminders of what is overdue (R11)."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from carnet.invoicing.billing.grouping import group
from carnet.invoicing.billing.letterhead import terms_of
from carnet.invoicing.domain.bookings import ReminderClaimed
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.dunning import Reminder, ReminderRule
from carnet.invoicing.domain.receivables import Remind
from carnet.invoicing.read_models import claims, items, parties
from carnet.invoicing.streams import RECEIVABLES
from carnet.kernel.because import Because
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


@dataclass
class Collected:
    """The groups that a collective run made, and the debtors that it could not bill, each with its reason."""

    groups: list[OrdersGrouped] = field(default_factory=list)
    parked: dict[str, str] = field(default_factory=dict)


async def collect(runtime: Runtime, cut_off: date, because: Because) -> Collected:
    """Group the orders closed up to the cut-off date, debtor by debtor; once more groups nothing."""
    rows = await runtime.query(lambda session: claims.waiting(session, cut_off))
    done = Collected()
    for debtor_id, own in groupby(rows, key=lambda row: row.debtor_id):
        try:
            done.groups.extend(await group(runtime, debtor_id, list(own), cut_off, because))
        except NotYet as why:
            done.parked[debtor_id] = str(why)
    return done


async def remind(runtime: Runtime, day: date, because: Because) -> list[Reminder]:
    """Remind every debtor of what is overdue beyond the grace; once more on the same day sends nothing."""
    reminders: list[Reminder] = []
    for debtor_id in await runtime.query(lambda session: items.overdue_debtors(session, day)):
        command = Remind(debtor_id=debtor_id, run_date=day, rule=await rule_of(runtime, debtor_id))
        outcome = await runtime.handle(RECEIVABLES, debtor_id, command, because)
        reminders.extend(event.reminder for event in outcome.events if isinstance(event, ReminderClaimed))
    return reminders


async def rule_of(runtime: Runtime, debtor_id: str) -> ReminderRule:
    """Give a debtor's rule; who has a VAT number is a business, and pays what its country lays down (R11)."""
    terms = await terms_of(runtime, debtor_id)
    party = await runtime.query(lambda session: parties.one(session, debtor_id))
    country = party.address["country"] if party and party.address else ""
    return terms.reminders.for_business_in(country) if terms.vat_number else terms.reminders
