"""The way to the customer is billed by kilometre and hour as reported, by the zone of the site, or at one flat price.

A zone or a flat price stands for the whole way of a report: its kilometres and its travel time.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.invoicing.domain.work_lines import WorkItem, WorkKind

TravelRule: TypeAlias = Literal["kilometre", "zone", "flat"]
TRAVEL: frozenset[WorkKind] = frozenset({"km", "travel_time"})


class Zone(BaseModel, frozen=True):
    """The sites of a range of postcodes, both ends included; a journey to them costs one piece of the article."""

    name: str
    article: str
    first_postcode: str
    last_postcode: str
    country: str = "CH"


def zone_of(zones: Iterable[Zone], country: str, postcode: str) -> Zone | None:
    """Give the first zone that a postcode lies in."""
    return next((zone for zone in zones if _is_in(zone, country, postcode)), None)


def is_travel(item: WorkItem) -> bool:
    return item.kind in TRAVEL


def travelled(items: Sequence[WorkItem], article: str | None) -> Iterator[WorkItem]:
    """Give a report's items with one journey of `article` in the place of its travel; without one as they are.

    The journey is under warranty where all of the travel is.
    """
    for travel, group in groupby(sorted(items, key=is_travel), key=is_travel):
        found = list(group)
        yield from [_journey(found, article)] if travel and article else found


def _journey(travel: Sequence[WorkItem], article: str) -> WorkItem:
    whole = {
        "kind": "journey",
        "quantity": 1,
        "article": article,
        "text": "",
        "warranty": all(e.warranty for e in travel),
    }
    return WorkItem.model_validate({**travel[0].model_dump(), **whole})


def _is_in(zone: Zone, country: str, postcode: str) -> bool:
    same_kind = country == zone.country and len(postcode) == len(zone.first_postcode)
    return same_kind and zone.first_postcode <= postcode <= zone.last_postcode
