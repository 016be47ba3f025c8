"""`carnet import objects` over HTTP: a file comes in once, whatever it holds, however often it is sent."""

import gzip
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import httpx
import pytest

from carnet.kernel.decider import Rejected
from carnet.kernel.trial import Trial
from carnet.objects.api.import_client import import_rows
from carnet.objects.api.import_file import read_file, read_mapping
from carnet.objects.domain.imports.reader import read

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
NYC = ROOT.parent / "shared" / "data" / "nyc-elevators.csv.gz"
SMALL = read_mapping((HERE / "twenty_bad_rows.mapping.yaml").read_text(encoding="utf-8"))


@pytest.fixture
async def client(suite: Trial) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=suite.front)
    headers = suite.bearer("planner")
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as planner:
        yield planner


async def test_a_file_with_twenty_bad_rows_comes_in_once(suite: Trial, client: httpx.AsyncClient) -> None:
    first = await import_rows(client, read_file(HERE / "twenty_bad_rows.csv", SMALL))
    assert (first.rows, first.registered, first.known, first.levels, first.left_out) == (24, 3, 0, 5, 1)
    assert [row.line for row in first.refused] == list(range(3, 23))
    again = await import_rows(client, read_file(HERE / "twenty_bad_rows.csv", SMALL))
    assert (again.registered, again.known, again.levels, len(again.refused)) == (0, 3, 0, 20)
    await suite.settle()
    [hit] = (await suite.get("/objects/search", params={"q": "L22"})).json()
    assert (hit["name"], hit["in_use"], hit["site"]) == ("goods lift L22", False, 'Grand-Rue "7"')


async def test_of_a_file_that_breaks_off_the_rows_before_come_in(
    suite: Trial, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    packed = gzip.compress((HERE / "twenty_bad_rows.csv").read_bytes())
    (tmp_path / "cut.csv.gz").write_bytes(packed[:-8])
    with pytest.raises(Rejected, match="breaks off"):
        await import_rows(client, read_file(tmp_path / "cut.csv.gz", SMALL))
    await suite.settle()
    assert len((await suite.get("/objects/items")).json()["items"]) == 3


async def test_a_batch_of_too_many_or_unreadable_rows_is_refused(suite: Trial) -> None:
    row = {"line": 2, "number": "A", "name": "A", "kind": "lift"}
    many = await suite.post("/objects/imports", {"rows": [row] * 2001})
    assert many.status_code == 422
    bad = await suite.post("/objects/imports", {"rows": [row | {"registered_on": "soon"}]})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "rows.0.registered_on")


async def test_a_number_that_another_way_registered_is_known(suite: Trial, client: httpx.AsyncClient) -> None:
    await suite.post("/objects/items", {"number": "L1", "name": "Lift 1", "kind": "lift"})
    report = await import_rows(client, read_file(HERE / "twenty_bad_rows.csv", SMALL))
    assert (report.registered, report.known) == (2, 1)
    await suite.settle()
    assert [each["name"] for each in (await suite.get("/objects/search", params={"q": "L1"})).json()] == ["Lift 1"]


@pytest.mark.skipif(not NYC.exists(), reason="the register of New York is not beside this repository")
async def test_the_first_2000_rows_of_a_real_register_make_a_tree(suite: Trial, client: httpx.AsyncClient) -> None:
    mapping = read_mapping((ROOT / "docs/examples/nyc-elevators.mapping.yaml").read_text(encoding="utf-8"))
    with gzip.open(NYC) as lines:
        report = await import_rows(client, read(islice(lines, 2001), mapping))
    assert (report.registered, report.refused) == (2000, [])
    await suite.settle()
    [borough] = (await suite.get("/objects/tree")).json()["items"]
    assert (borough["name"], borough["sort"]) == ("Manhattan", "project")
    blocks = (await suite.get("/objects/tree", params={"parent": borough["id"]})).json()["items"]
    assert {block["sort"] for block in blocks} == {"place"}
    [first, *_] = (await suite.get("/objects/search", params={"q": "68 st 521 dumb"})).json()
    assert (first["number"], first["place"]) == ("1D1", "EAST 68 STREET 521, Manhattan")
