"""What is known of people and equipment at a time, read from their own streams: always what holds now."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from carnet.dispatch.domain.equipment import EquipmentRegistered
from carnet.dispatch.domain.qualification import Candidate
from carnet.dispatch.domain.times import Span
from carnet.dispatch.streams import Streams
from carnet.kernel.decider import Rejected


@dataclass(frozen=True)
class Availability:
    """Who can do what at `span`, said in the time of `zone`; the bookings of `order_id` itself do not count."""

    streams: Streams
    span: Span
    zone: str
    order_id: str | None = None

    async def candidate(self, technician_id: str) -> Candidate:
        """Give a technician with the skills of that day. Raises Rejected for an unknown one."""
        technician = await self.streams.technician(technician_id).state()
        if technician is None:
            raise Rejected("There is no technician {technician}; choose one from the list.", technician=technician_id)
        return Candidate(
            technician_id=technician_id,
            name=technician.registered.name,
            skills=technician.skills_on(self.span.starts_at.astimezone(ZoneInfo(self.zone)).date()),
            busy=await self.busy(technician_id),
        )

    async def busy(self, whose: str) -> str | None:
        """Say what fills the time, None when it is free."""
        for week in self.span.weeks():
            agenda = await self.streams.agenda(whose, week).state()
            if reason := next(agenda.busy(self.span, self.zone, self.order_id), None):
                return reason
        return None

    async def device(self, equipment_id: str) -> EquipmentRegistered:
        """Give a piece of equipment. Raises Rejected for an unknown one."""
        if device := await self.streams.equipment(equipment_id).state():
            return device
        raise Rejected("There is no equipment {equipment}; choose one from the list.", equipment=equipment_id)

    async def candidates(self, technician_ids: Iterable[str]) -> tuple[Candidate, ...]:
        return tuple([await self.candidate(each) for each in technician_ids])

    async def devices(self, equipment_ids: Iterable[str]) -> tuple[EquipmentRegistered, ...]:
        return tuple([await self.device(each) for each in equipment_ids])
