"""A file is read row by row: what cannot be read is reported with line, column and reason, and loses nothing else."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import count

from carnet.kernel.decider import Rejected
from carnet.objects.domain.address import Address
from carnet.objects.domain.imports.cells import Step, Unreadable, reader_of
from carnet.objects.domain.imports.mapping import AddressColumns, FileMapping, Level
from carnet.objects.domain.imports.rows import LevelRow, ObjectRow, OmittedRow, RefusedRow, Row
from carnet.objects.domain.imports.templates import Cells, filler

LONGEST_LINE = 65_536


def read(lines: Iterable[bytes], mapping: FileMapping) -> Iterator[Row]:
    """Give each row of the file (a row is one line) as an object, as refused or as left out, in their order.

    Raises Rejected where the header lacks a column: then no row means anything.
    """
    numbered = zip(count(1), lines, strict=False)
    return FileReader(mapping, header_of(numbered, mapping)).rows(numbered)


def header_of(numbered: Iterator[tuple[int, bytes]], mapping: FileMapping) -> list[str]:
    _, first = next(numbered, (0, b""))
    try:
        header = [name.strip() for name in split(first.removeprefix(b"\xef\xbb\xbf"), mapping)]
    except Unreadable as wrong:
        raise Rejected("The file's first line {wrong}.", wrong=wrong) from None
    missing = sorted({column.header for column in mapping.columns.values()} - set(header))
    if missing:
        raise Rejected("The file has no column {columns}: mend the header or the mapping.", columns=", ".join(missing))
    return header


def split(line: bytes, mapping: FileMapping) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise Unreadable(f"has more than {LONGEST_LINE} bytes")
    try:
        text = line.decode(mapping.encoding).rstrip("\r\n")
        return next(csv.reader((text,), delimiter=mapping.delimiter, strict=True), [])
    except UnicodeDecodeError:
        raise Unreadable(f"is not written in {mapping.encoding}") from None
    except csv.Error:
        raise Unreadable("has a quotation mark that is not closed, or text after it") from None


class RowRefused(Exception):
    """The row cannot be read because of this column (as the header writes it; empty: the whole row)."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column, self.reason = column, reason


class FileReader:
    """Reads the rows of one file; it remembers the numbers that it met, each stands in a file once."""

    def __init__(self, mapping: FileMapping, header: list[str]) -> None:
        self.mapping, self.width = mapping, len(header)
        self.columns: list[tuple[str, str, int, Step]] = [
            (name, column.header, header.index(column.header), reader_of(column))
            for name, column in mapping.columns.items()
        ]
        self.levels = [level_reader(level, mapping.zone) for level in mapping.levels]
        self.texts = {name: filler(template) for name, template in mapping.object.texts().items()}
        self.fields = {name: filler(template) for name, template in mapping.object.fields.items()}
        self.lines: dict[str, int] = {}

    def rows(self, numbered: Iterable[tuple[int, bytes]]) -> Iterator[Row]:
        for line, content in numbered:
            if content.strip():
                yield self.row(line, content)

    def row(self, line: int, content: bytes) -> Row:
        try:
            cells = self.cells(content)
            if self.is_left_out(cells):
                return OmittedRow(line=line)
            return self.object(line, cells)
        except RowRefused as refused:
            return RefusedRow(line=line, column=refused.column, reason=refused.reason)

    def cells(self, content: bytes) -> Cells:
        try:
            raw = split(content, self.mapping)
        except Unreadable as wrong:
            raise RowRefused("", f"the line {wrong}") from None
        if len(raw) != self.width:
            raise RowRefused("", f"the line has {len(raw)} cells, the header {self.width}")
        return dict(self.read_cells(raw))

    def read_cells(self, raw: list[str]) -> Iterator[tuple[str, str]]:
        for name, header, place, read_cell in self.columns:
            try:
                yield name, read_cell(raw[place])
            except Unreadable as wrong:
                raise RowRefused(header, str(wrong)) from None

    def is_left_out(self, cells: Cells) -> bool:
        rule = self.mapping.leave_out
        return rule is not None and cells[rule.column] in rule.values

    def object(self, line: int, cells: Cells) -> ObjectRow:
        mapping = self.mapping
        retired_on = self.retired_on(cells)
        texts = {name: text for name, fill in self.texts.items() if (text := fill(cells))}
        self.meet(texts["number"], line)
        return ObjectRow(
            **({"name": texts["number"]} | texts),
            line=line,
            internal=mapping.object.internal,
            origin=mapping.origin,
            registered_on=day(cells, mapping.object.registered_on),
            fields={name: value for name, fill in self.fields.items() if (value := fill(cells))},
            levels=tuple(level(cells) for level in self.levels),
            retired_on=retired_on,
            retired_because=mapping.object.retired.reason if mapping.object.retired and retired_on else "",
        )

    def meet(self, number: str, line: int) -> None:
        first = self.lines.setdefault(number, line)
        if first != line:
            raise RowRefused(self.number_header(), f"number {number} stands on line {first} already")

    def number_header(self) -> str:
        return next(self.mapping.columns[name].header for name in self.mapping.essential())

    def retired_on(self, cells: Cells) -> date | None:
        rule = self.mapping.object.retired
        if rule is None or cells[rule.column] not in rule.values:
            return None
        if not cells[rule.since]:
            raise RowRefused(self.mapping.columns[rule.since].header, "is empty, but the object is out of use")
        return day(cells, rule.since)


def day(cells: Cells, name: str | None) -> date | None:
    return date.fromisoformat(cells[name]) if name and cells[name] else None


def level_reader(level: Level, zone: str) -> Callable[[Cells], LevelRow]:
    """Give the function that reads a level; the first row that gives a number decides what the level says."""
    number_of, name_of = filler(level.number), filler(level.name)
    address_of = address_reader(level.address) if level.address else lambda _: None
    known: dict[str, LevelRow] = {}

    def read_level(cells: Cells) -> LevelRow:
        number = number_of(cells)
        if number not in known:
            name, address = name_of(cells) or number, address_of(cells)
            known[number] = LevelRow(number=number, name=name, kind=level.kind, zone=zone, address=address)
        return known[number]

    return read_level


def address_reader(columns: AddressColumns) -> Callable[[Cells], Address]:
    fillers = {name: filler(template) for name, template in columns.model_dump().items()}
    return lambda cells: Address(**{name: fill(cells) for name, fill in fillers.items()})
