"""Files as people have them: what cannot be read is reported, and nothing else is lost."""

import gzip
from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest
import yaml

from carnet.kernel.decider import Rejected
from carnet.objects.api.import_file import read_file, read_mapping
from carnet.objects.domain.address import Address
from carnet.objects.domain.imports.mapping import FileMapping
from carnet.objects.domain.imports.reader import read
from carnet.objects.domain.imports.rows import LevelRow, ObjectRow, OmittedRow, RefusedRow, Row

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NYC = ROOT.parent / "shared" / "data" / "nyc-elevators.csv.gz"


def mapping(path: Path) -> FileMapping:
    return read_mapping(path.read_text(encoding="utf-8"))


SMALL = HERE / "twenty_bad_rows.mapping.yaml"
small = mapping(SMALL)


def bad_rows() -> list[Row]:
    with (HERE / "twenty_bad_rows.csv").open("rb") as file:
        return list(read(file, small))


R = TypeVar("R", ObjectRow, RefusedRow, OmittedRow)


def of(rows: Iterable[Row], kind: type[R]) -> list[R]:
    return [row for row in rows if isinstance(row, kind)]


REASONS = [
    (3, "No", "is empty"),
    (4, "No", "is empty"),
    (5, "No", r"'X9' does not have the form L\d+"),
    (6, "No", "number L1 stands on line 2 already"),
    (7, "Town", "is empty"),
    (8, "Street", "is empty"),
    (9, "Type", "is empty"),
    (10, "Type", "'Z' is none of P, G"),
    (11, "Status", "'?' is none of A, D, T"),
    (12, "Built", "'19960231' is no date of the form %Y%m%d"),
    (13, "Built", "'21021' is no date of the form %Y%m%d"),
    (14, "Built", "'********' is no date of the form %Y%m%d"),
    (15, "Load", "'80UP' is no number"),
    (16, "Load", "'NaN' is no number"),
    (17, "Since", "is empty, but the object is out of use"),
    (18, "", "the line has 6 cells, the header 8"),
    (19, "", "the line has 10 cells, the header 8"),
    (20, "", "the line has a quotation mark that is not closed, or text after it"),
    (21, "", "the line is not written in utf-8"),
    (22, "Street", "holds a control character"),
]


def test_each_of_twenty_bad_rows_is_reported_with_line_column_and_reason() -> None:
    assert of(bad_rows(), RefusedRow) == [RefusedRow(line=n, column=c, reason=r) for n, c, r in REASONS]


def test_the_rows_around_the_bad_ones_are_read() -> None:
    good = of(bad_rows(), ObjectRow)
    assert [(row.line, row.number) for row in good] == [(2, "L1"), (24, "L22"), (25, "L23")]
    assert good[0] == ObjectRow(
        line=2,
        number="L1",
        name="passenger lift L1",
        kind="passenger lift",
        origin="hand-made",
        registered_on=date(1996, 5, 24),
        fields={"load": "630", "status": "active"},
        levels=(
            LevelRow(number="T Nyon", name="Nyon", kind="project"),
            LevelRow(
                number="S Nyon Grand-Rue 7",
                name="Grand-Rue 7",
                kind="site",
                address=Address(street="Grand-Rue 7", city="Nyon"),
            ),
        ),
    )


def test_a_dismantled_object_is_out_of_use_from_its_day() -> None:
    _, dismantled, active = of(bad_rows(), ObjectRow)
    assert (dismantled.retired_on, dismantled.retired_because) == (date(2009, 1, 14), "dismantled")
    assert (active.retired_on, active.retired_because) == (None, "")


def test_what_the_mapping_leaves_out_is_no_error() -> None:
    assert of(bad_rows(), OmittedRow) == [OmittedRow(line=26)]


def test_a_header_without_a_column_is_refused_whole() -> None:
    with pytest.raises(Rejected, match="no column Status, Street"):
        list(read([b"No,Town,Type,Built,Load,Since\n", b"L1,Nyon,P,,,\n"], small))


@pytest.mark.parametrize("lines", [[], [b""], [b"\xff\xfe\n"], [b'"No,\n']])
def test_a_file_without_a_readable_header_is_refused_whole(lines: list[bytes]) -> None:
    with pytest.raises(Rejected, match=r"first line|no column"):
        list(read(lines, small))


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    header = b"\xef\xbb\xbfNo,Town,Street,Type,Status,Built,Load,Since\n"
    [row] = read([header, b"L1,Nyon,Grand-Rue 7,P,A,,,\n"], small)
    assert isinstance(row, ObjectRow)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"object": {"number": "{nr}", "name": "x", "kind": "x"}}, "nr: no such column"),
        ({"object": {"number": "{load}", "name": "x", "kind": "x"}}, "load: part of a number or a kind"),
        ({"object": {"number": "{number!r}", "name": "x", "kind": "x"}}, "may name columns only"),
        ({"object": {"number": "{number.__class__}", "name": "x", "kind": "x"}}, "may name columns only"),
        ({"object": {"number": "{number}", "name": "x", "kind": "x", "registered_on": "load"}}, "needs a date form"),
        ({"surprise": 1}, "Extra inputs"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(change: dict[str, object], because: str) -> None:
    sound = yaml.safe_load(SMALL.read_text(encoding="utf-8").replace("No,", "'No',"))
    with pytest.raises(Rejected, match=because):
        read_mapping(yaml.safe_dump(sound | change))


def test_a_mapping_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(Rejected, match="is no YAML"):
        read_mapping("columns: [")
    with pytest.raises(Rejected, match="no YAML") as binary:
        read_mapping(b"\x80abc")
    assert "\n" not in str(binary.value)


def test_a_packed_file_is_read_and_one_that_breaks_off_gives_its_rows_first(tmp_path: Path) -> None:
    packed = gzip.compress((HERE / "twenty_bad_rows.csv").read_bytes())
    (tmp_path / "whole.csv.gz").write_bytes(packed)
    (tmp_path / "cut.csv.gz").write_bytes(packed[:-8])
    assert list(read_file(tmp_path / "whole.csv.gz", small)) == bad_rows()
    rows = read_file(tmp_path / "cut.csv.gz", small)
    with pytest.raises(Rejected, match="breaks off"):
        list(rows)


@pytest.mark.skipif(not NYC.exists(), reason="the register of New York is not beside this repository")
def test_the_first_2000_rows_of_a_real_register() -> None:
    with gzip.open(NYC) as lines:
        rows = list(read(islice(lines, 2001), mapping(ROOT / "docs" / "examples" / "nyc-elevators.mapping.yaml")))
    assert Counter(type(row).__name__ for row in rows) == {"ObjectRow": 2000}
    objects = of(rows, ObjectRow)
    assert {len(row.levels) for row in objects} == {3}
    assert objects[0].levels[2].name == "521 EAST 68 STREET"
    assert sum(row.retired_on is not None for row in objects) == 51
