"""Absences, as time recording tells them on the bus, or a person here (S25-S28)."""

from typing import Self

from fastapi import APIRouter
from pydantic import model_validator

from carnet.dispatch.api.forms import Form
from carnet.dispatch.api.orders import streams
from carnet.dispatch.api.roles import Planner
from carnet.dispatch.domain.absence import Record, Withdraw
from carnet.dispatch.domain.entries import Absence as Entry
from carnet.dispatch.domain.times import Instant
from carnet.dispatch.streams import ABSENCES, TECHNICIANS
from carnet.dispatch.streams.absences import tell
from carnet.dispatch.streams.identity import absence_id, technician_id
from carnet.events.inbound import Absence
from carnet.kernel.web.commands import Answer, Commands
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["absences"])


class NewAbsence(Absence, Form):
    """A technician is away; `id` is the sender's, and tells it again with other dates where they changed."""

    starts_at: Instant
    ends_at: Instant

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.starts_at >= self.ends_at:
            raise ValueError("ends_at must be later than starts_at")
        return self


@router.post("/absences", status_code=201)
async def record(body: NewAbsence, commands: Commands, _: Planner) -> Answer:
    """Put an absence on a technician's agenda; visits that it covers are shown as in conflict."""
    who, known = technician_id(body.technician_number), absence_id(body.id)
    if await commands.runtime.state(TECHNICIANS, who) is None:
        raise Unknown("The technician {id}", id=body.technician_number)
    absent = Entry(absence_id=known, kind=body.kind, starts_at=body.starts_at, ends_at=body.ends_at)
    command = Record(technician_id=who, absence=absent)
    return commands.answer(known, await tell(streams(commands.runtime), known, command, commands.because))


@router.delete("/absences/{sender_id}")
async def withdraw(sender_id: str, commands: Commands, _: Planner) -> Answer:
    """Take an absence back, by its sender's id."""
    known = absence_id(sender_id)
    if await commands.runtime.state(ABSENCES, known) is None:
        raise Unknown("The absence {id}", id=sender_id)
    command = Withdraw(absence_id=known)
    return commands.answer(known, await tell(streams(commands.runtime), known, command, commands.because))
