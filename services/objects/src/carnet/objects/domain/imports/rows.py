"""A row of a file of objects, as it was read: an object with the levels above it, or the reason why not."""

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from pydantic import BaseModel

from carnet.objects.domain.address import Address
from carnet.objects.domain.site import SiteKind, Zone


class LevelRow(BaseModel, frozen=True):
    number: str
    name: str
    kind: SiteKind
    zone: Zone = "Europe/Zurich"
    address: Address | None = None


class ObjectRow(BaseModel, frozen=True):
    """`levels` from the top down; the object hangs under the last one. `retired_on` where it is out of use."""

    line: int
    number: str
    name: str
    kind: str
    category: str | None = None
    serial_number: str | None = None
    internal: bool = False
    origin: str | None = None
    registered_on: date | None = None
    fields: Mapping[str, str] = {}
    levels: tuple[LevelRow, ...] = ()
    retired_on: date | None = None
    retired_because: str = ""


class RefusedRow(BaseModel, frozen=True):
    """`line` counts from 1, the header included; `column` as the header writes it, empty for the whole row."""

    line: int
    column: str
    reason: str


class OmittedRow(BaseModel, frozen=True):
    """A row that the mapping leaves out on purpose."""

    line: int


Row: TypeAlias = ObjectRow | RefusedRow | OmittedRow
