"""What dispatch does by itself when it hears something."""

from datetime import timedelta

from pydantic import BaseModel, ValidationError

from carnet.dispatch.domain.absence import AbsenceRecorded, AbsenceWithdrawn, Record
from carnet.dispatch.domain.agenda import Booked
from carnet.dispatch.domain.entries import Absence as Entry
from carnet.dispatch.domain.number import number_of
from carnet.dispatch.domain.order_commands import Create
from carnet.dispatch.domain.order_events import OrderCancelled, OrderPlanned
from carnet.dispatch.domain.work import Needs, OrderType
from carnet.dispatch.streams import ORDERS, Streams
from carnet.dispatch.streams.absences import spread, tell
from carnet.dispatch.streams.booking import settle
from carnet.dispatch.streams.identity import absence_id, order_of_occurrence, technician_id
from carnet.dispatch.streams.planning import Planning
from carnet.events.contracts import ServiceDue
from carnet.events.inbound import Absence
from carnet.kernel.decider import Rejected
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime
from carnet.kernel.surroundings import now

ORDER_TYPES: dict[str, OrderType] = {"subscription": "subscription"}
CUT_OFF_AFTER = timedelta(seconds=10)  # a request that books and plans takes less
ABSENCES: tuple[type[BaseModel], ...] = (AbsenceRecorded, AbsenceWithdrawn)
FREEING: tuple[type[BaseModel], ...] = (OrderPlanned, OrderCancelled)


class Reactions:
    """Each method answers one kind of news; doing it again changes nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.streams = runtime, Streams(runtime.engines.store)

    async def create_order(self, heard: Heard[ServiceDue]) -> None:
        command = due_order(heard.fact)
        because = heard.because("a due service becomes an order")
        await self.runtime.handle(ORDERS, command.order_id, command, because)

    async def record_absence(self, heard: Heard[Absence]) -> None:
        absent, who = heard.fact, technician_id(heard.fact.technician_number)
        if await self.streams.technician(who).state() is None:
            raise NotYet(f"technician {absent.technician_number}")
        command = Record(technician_id=who, absence=entry(absent))
        because = heard.because("an absence is recorded")
        await tell(self.streams, command.absence.absence_id, command, because)

    async def spread_absence(self, heard: Heard[AbsenceRecorded | AbsenceWithdrawn]) -> None:
        fact = heard.fact
        known = fact.absence.absence_id if isinstance(fact, AbsenceRecorded) else fact.absence_id
        await spread(self.streams, known, heard.because("an absence stands on the agendas"))

    async def finish_plan(self, heard: Heard[Booked]) -> None:
        visit, because = heard.fact.visit, heard.because("a plan that was cut off is finished")
        order = await self.streams.order(visit.order_id).state()
        if order and visit.visit_id in order.visits:
            return
        planning = Planning(self.streams, visit, because, self.runtime.settings.zone)
        if await planning.is_pending() and now() - heard.notice.at < CUT_OFF_AFTER:
            raise NotYet(f"the plan of order {visit.order_id}")
        await planning.finish()

    async def settle_order(self, heard: Heard[OrderPlanned | OrderCancelled]) -> None:
        await settle(self.streams, heard.fact.order_id, heard.because("what is not planned any more is free"))


def due_order(due: ServiceDue) -> Create:
    """Say which order a due service becomes; it follows from the fact alone."""
    order_id = order_of_occurrence(due.occurrence_id)
    return Create(
        order_id=order_id,
        number=number_of(order_id, due.raised_on),
        order_type=ORDER_TYPES.get(due.contract_kind, "maintenance"),
        object_id=due.object_id,
        debtor_id=due.debtor_id,
        contact_id=due.contact_id,
        contract_id=due.contract_id,
        occurrence_id=due.occurrence_id,
        description=due.service,
        created_on=due.raised_on,
        due_on=due.due_on,
        needs=Needs(persons=due.persons, skills=due.skills, equipment=due.equipment),
    )


def entry(absent: Absence) -> Entry:
    """Give what an agenda holds of a reported absence; raises Rejected for times that no agenda holds."""
    told = absent.model_dump(include={"kind", "starts_at", "ends_at"})
    try:
        return Entry(absence_id=absence_id(absent.id), **told)
    except ValidationError as error:
        raise Rejected(
            "The absence {absence} has no times that can be: {error}.",
            absence=absent.id,
            error=error.errors()[0]["msg"],
        ) from error


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    """Give what dispatch does by itself, each named by a sentence."""
    does = Reactions(runtime)
    return (
        Reaction("a due service becomes an order", {ServiceDue: does.create_order}, start="beginning"),
        Reaction("an absence is recorded", {Absence: does.record_absence}, start="beginning"),
        Reaction("an absence stands on the agendas", dict.fromkeys(ABSENCES, does.spread_absence), start="beginning"),
        Reaction("a plan that was cut off is finished", {Booked: does.finish_plan}, start="beginning"),
        Reaction("what is not planned any more is free", dict.fromkeys(FREEING, does.settle_order), start="beginning"),
    )
