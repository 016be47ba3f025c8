"""The firm sets its opening hours by name; a contract's reaction time refers to them by that name (R7)."""

from typing import Final, Literal, TypeAlias

from pydantic import BaseModel

from carnet.contracts.domain.service_calendar import WEEK, Hours, Zone
from carnet.contracts.domain.terms import Id
from carnet.kernel.decider import Decider


class OpeningHours(BaseModel, frozen=True):
    """The week's windows in a zone; closed on the public holidays of a country (ISO 3166) and its subdivision,
    where a country is named.
    """

    zone: Zone = "Europe/Zurich"
    hours: Hours
    country: str | None = None
    subdivision: str | None = None


class OpeningHoursSet(BaseModel, frozen=True):
    type: Literal["opening-hours-set.v1"] = "opening-hours-set.v1"
    name: Id
    opening_hours: OpeningHours


class SetOpeningHours(BaseModel, frozen=True):
    name: Id
    opening_hours: OpeningHours


OFFICE: Final = ("07:30-12:00", "13:00-17:30")
STANDARD: Final = OpeningHours(hours=dict.fromkeys(WEEK[:5], OFFICE), country="CH", subdivision="VD")
ALWAYS: Final = OpeningHours(hours=dict.fromkeys(WEEK, ("00:00-24:00",)))
GIVEN: Final = {"standard": STANDARD, "always": ALWAYS}
"""What holds by name until the firm sets its own."""

Event: TypeAlias = OpeningHoursSet
Command: TypeAlias = SetOpeningHours
State: TypeAlias = OpeningHours | None


def decide(command: Command, state: State) -> list[Event]:
    if command.opening_hours == state:
        return []
    return [OpeningHoursSet(name=command.name, opening_hours=command.opening_hours)]


def evolve(_: State, event: Event) -> State:
    return event.opening_hours


opening_hours = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
