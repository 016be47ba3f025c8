"""A site or an object may have a tax code of its own: a customs-free valley, a hospital that is exempt (R3)."""

from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.invoicing.domain.tax import TaxCodes
from carnet.kernel.decider import Decider


class PlaceTaxed(BaseModel, frozen=True):
    """The tax codes of what is done at a site or on an object, and on all below it, each from its day of service on."""

    type: Literal["place-taxed.v1"] = "place-taxed.v1"
    place_id: str
    tax_codes: TaxCodes


class TaxPlace(BaseModel, frozen=True):
    """Set the codes, whole; none leaves it to the place above, or to the article."""

    place_id: str
    tax_codes: TaxCodes


Event: TypeAlias = PlaceTaxed
Command: TypeAlias = TaxPlace
State: TypeAlias = TaxCodes


def decide(command: Command, state: State) -> list[Event]:
    if command.tax_codes == state:
        return []
    return [PlaceTaxed(place_id=command.place_id, tax_codes=command.tax_codes)]


def evolve(_: State, event: Event) -> State:
    return event.tax_codes


place = Decider[Command, State, Event](initial=(), decide=decide, evolve=evolve)
