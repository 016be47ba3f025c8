"""What the columns of a file mean: how cells are cleaned, which levels of the tree and which objects they make."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carnet.objects.domain.imports.templates import Template, names_in
from carnet.objects.domain.site import SiteKind, Zone


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Part):
    """How one column's cells are read; the steps run in this order, after spaces at both ends are gone.

    `collapse`: several spaces become one. `empty`: fillers that mean nothing. `required`: no empty cell.
    `matches`: a pattern that the whole cell has. `first`: keep so many characters. `values`: the only allowed
    cells and what they mean. `date`: the form of a date, such as %Y%m%d. `decimal`: the cell is a number.
    """

    header: str = Field(alias="from")
    collapse: bool = False
    empty: tuple[str, ...] = ()
    required: bool = False
    matches: str | None = None
    first: int | None = Field(default=None, gt=0)
    values: Mapping[str, str] | None = None
    date: str | None = None
    decimal: bool = False


class AddressColumns(Part):
    street: Template
    house_number: Template = ""
    postcode: Template = ""
    city: Template
    country: Template = "CH"


class Level(Part):
    """A level of the tree above the objects; its number makes it one node in all rows that give it."""

    kind: SiteKind
    number: Template
    name: Template
    address: AddressColumns | None = None


class Retired(Part):
    """The object is out of use from the day in column `since` where `column` reads as one of `values`."""

    column: str
    values: tuple[str, ...]
    since: str
    reason: str = ""


class ObjectColumns(Part):
    number: Template
    name: Template
    kind: Template
    category: Template = ""
    serial_number: Template = ""
    registered_on: str | None = None
    internal: bool = False
    fields: Mapping[str, Template] = {}
    retired: Retired | None = None

    def texts(self) -> dict[str, str]:
        """Give the templates of what an object's row says in words."""
        wanted = {"number", "name", "kind", "category", "serial_number"}
        return {name: template for name, template in self if name in wanted and template}


class LeftOut(Part):
    """Rows that are left out on purpose: those where `column` reads as one of `values`."""

    column: str
    values: tuple[str, ...]


class FileMapping(Part):
    """The whole mapping, as it stands in the YAML file beside the data."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Literal["utf-8", "cp1252", "latin-1"] = "utf-8"
    origin: str | None = None
    zone: Zone = "Europe/Zurich"
    columns: Mapping[str, Column]
    levels: tuple[Level, ...] = ()
    object: ObjectColumns
    leave_out: LeftOut | None = None

    @model_validator(mode="after")
    def names_its_columns(self) -> "FileMapping":
        """Refuse a template that names no column, a number or kind that could be empty, a day that is no date."""
        unknown = sorted({name for name in self.named() if name not in self.columns})
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no such column; the mapping has {', '.join(self.columns)}")
        optional = sorted({name for name in self.essential() if not self.columns[name].required})
        if optional:
            raise ValueError(f"{', '.join(optional)}: part of a number or a kind, so it must be required")
        undated = sorted({name for name in self.days() if not self.columns[name].date})
        if undated:
            raise ValueError(f"{', '.join(undated)}: used as a day, so it needs a date form such as '%Y%m%d'")
        return self

    def essential(self) -> Iterator[str]:
        for template in (self.object.number, self.object.kind, *(level.number for level in self.levels)):
            yield from names_in(template)

    def days(self) -> Iterator[str]:
        if self.object.registered_on:
            yield self.object.registered_on
        if self.object.retired:
            yield self.object.retired.since

    def named(self) -> Iterator[str]:
        yield from self.days()
        yield from (part.column for part in (self.leave_out, self.object.retired) if part)
        for template in self.templates():
            yield from names_in(template)

    def templates(self) -> Iterator[str]:
        yield from (*self.object.texts().values(), *self.object.fields.values())
        for level in self.levels:
            yield from (level.number, level.name)
            if level.address:
                yield from level.address.model_dump().values()
