"""A fault has its reaction time: reported then, to be answered within so much opening time (R7)."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from carnet.contracts.domain.deadlines import deadline, time_run
from carnet.contracts.domain.service_calendar import ServiceCalendar, Span


class ReactionTime(BaseModel, frozen=True):
    reported_at: AwareDatetime
    within_minutes: int = Field(ge=1)
    escalate_before_minutes: int = Field(default=0, ge=0)
    calendar: ServiceCalendar

    @model_validator(mode="after")
    def _escalates_after_the_report(self) -> Self:
        if self.escalate_before_minutes >= self.within_minutes:
            raise ValueError("escalate_before_minutes must be shorter than within_minutes")
        return self


def due(time: ReactionTime, pauses: tuple[Span, ...] = ()) -> tuple[datetime, datetime]:
    """When the reaction is due, and when it escalates (UTC instants)."""
    within = timedelta(minutes=time.within_minutes)
    earlier = within - timedelta(minutes=time.escalate_before_minutes)
    due_at = deadline(time.calendar, time.reported_at, within, pauses)
    return due_at, deadline(time.calendar, time.reported_at, earlier, pauses)


def minutes_used(time: ReactionTime, arrived_at: datetime, pauses: tuple[Span, ...] = ()) -> int:
    """Whole minutes of opening time from the report to the arrival."""
    return time_run(time.calendar, time.reported_at, arrived_at, pauses) // timedelta(minutes=1)
