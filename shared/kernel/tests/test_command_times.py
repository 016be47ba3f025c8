"""How long commands take is measured by how they ended, whoever gave them and whatever he was shown."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from toy import Dimmed, Event, Lit, lamps, toys

from carnet.kernel.because import Because
from carnet.kernel.runtime import LONG
from carnet.kernel.store.port import StoreError
from carnet.kernel.streams import Stream
from carnet.kernel.trial import Trial, trial

PERSON = {"Accept": "text/html"}


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Trial]:
    async with trial(**toys(tmp_path)) as running:
        yield running


async def counted(suite: Trial, name: str) -> dict[str, float]:
    """Give the values of a series by its one label, those above 0."""
    families = text_string_to_metric_families((await suite.get("/objects/metrics")).text)
    samples = (sample for family in families for sample in family.samples if sample.name == name)
    return {value: sample.value for sample in samples for value in sample.labels.values() if sample.value}


async def outcomes(suite: Trial) -> dict[str, float]:
    return await counted(suite, "carnet_command_seconds_count")


async def test_each_command_is_measured_by_its_outcome(suite: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: Any) -> Any:
        raise StoreError("The event store could not write.")

    key = {"Idempotency-Key": "k1"}
    lamp = (await suite.post("/objects/lamps", {"watts": 40}, headers=key)).json()["id"]
    await suite.post("/objects/lamps", {"watts": 40}, headers=key)
    await suite.post("/objects/lamps/none/dim")
    await suite.post(f"/objects/lamps/{lamp}/dim", headers={"If-Match": '"7"'})
    await suite.post("/objects/lamps", {"watts": "many"})
    await suite.post(f"/objects/lamps/{lamp}/polish")
    await suite.post("/objects/lamps", {"watts": 40}, role="viewer")
    await suite.post("/objects/lamps", {"watts": 40}, role=None)
    monkeypatch.setattr(suite.runtime("objects").engines.store, "append", down)
    await suite.post("/objects/lamps", {"watts": 40})
    assert await outcomes(suite) == {
        "accepted": 1,
        "repeated": 1,
        "rejected": 1,
        "conflict": 1,
        "invalid": 2,
        "forbidden": 2,
        "failed": 1,
    }


async def test_a_person_who_is_sent_to_sign_in_gave_no_command(suite: Trial) -> None:
    answer = await suite.post("/objects/lamps", {"watts": 40}, role=None, headers=PERSON)
    assert (answer.status_code, answer.headers["Location"][:8]) == (303, "/sign-in")
    assert await outcomes(suite) == {"forbidden": 1}


async def test_questions_and_what_an_operator_does_are_no_commands(suite: Trial) -> None:
    await suite.get("/objects/lamps/none")
    await suite.post("/objects/ops/relay/pause")
    await suite.post("/objects/nowhere")
    assert await outcomes(suite) == {}


async def test_a_stream_that_is_too_long_is_counted_from_its_first_command_on(suite: Trial) -> None:
    await suite.post("/objects/lamps", {"watts": 40})
    text = (await suite.get("/objects/metrics")).text
    assert 'carnet_stream_too_long_total{category="lamp"} 0.0' in text
    await grow(suite, LONG)
    assert (await suite.post("/objects/lamps/a/dim")).status_code == 200
    assert await counted(suite, "carnet_stream_too_long_total") == {"lamp": 1}


async def grow(suite: Trial, length: int) -> None:
    """Give a lamp's stream so many events, in one append."""
    stream = Stream(suite.runtime("objects").engines.store, lamps, lamps.stream("a"))
    events: list[Event] = [Lit(lamp="a", watts=1), *(Dimmed(lamp="a") for _ in range(length - 1))]
    await stream.append(False, events, Because("test", "c"), -1)
