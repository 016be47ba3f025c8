"""One command's trace over the wire: two services, each a process of its own, tell a collector by OTLP over HTTP."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest
from engines.collector import Collector, Told, collecting
from engines.ports import free_port
from engines.processes import Replica

from carnet.events.objects import ObjectRegistered
from carnet.kernel.bus.port import Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.trial import published
from carnet.runner.suite import token

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
NOTED = "react what is heard of an order is noted"
FORK_LIFT = ObjectRegistered(object_id="fork", number="F", name="Fork-lift", kind="vehicle", internal=True)


def test_a_command_and_what_another_process_does_about_it_are_one_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARNET_DATA", str(tmp_path))  # which `token` would set for the tests that follow
    asyncio.run(tell(tmp_path, FORK_LIFT))
    with collecting() as collector:
        told = {"PATH": os.environ["PATH"], "CARNET_OTLP": collector.address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        replicas = [
            Replica(context, tmp_path, told, tmp_path / f"{context}.log") for context in ("dispatch", "invoicing")
        ]
        try:
            for replica in replicas:
                replica.start()
            for replica in replicas:
                replica.wait_until_ready()
            trace = eventually(lambda: ordered(replicas[0].port, token(tmp_path, "planner")))
            noted = eventually(lambda: last_of(collector, trace))
        finally:
            for replica in replicas:
                if replica.process is not None:
                    replica.kill()
    assert collector.road(noted) == [
        "carnet-dispatch: POST /orders",
        "carnet-dispatch: append",
        "carnet-dispatch: publish carnet.dispatch.v1",
        f"carnet-invoicing: {NOTED}",
        "carnet-invoicing: append",
    ]


def test_a_service_whose_collector_is_missing_says_so_once_and_stops_as_ever(tmp_path: Path) -> None:
    told = {"CARNET_OTLP": f"http://127.0.0.1:{free_port()}", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    replica = Replica("objects", tmp_path, {"PATH": os.environ["PATH"], **told}, tmp_path / "log")
    replica.start()
    try:
        replica.wait_until_ready()
        eventually(lambda: asked_in_vain(replica))
        for _ in range(20):
            assert httpx.get(f"http://127.0.0.1:{replica.port}/objects/me").status_code < 500
        replica.running.terminate()
        assert replica.end() == 0
    finally:
        replica.kill()
    (said,) = [line for line in replica.log.read_text().splitlines() if "trace" in line.lower()]
    assert "traces are lost" in said


async def tell(folder: Path, fact: ObjectRegistered) -> None:
    """Publish a fact on the folder's bus, as its context would."""
    bus = await SqliteBus.open(folder / "bus.db")
    told = published("object-fork", 0, -1, fact)
    await bus.publish("carnet.objects.v1", [Message("object-fork", told.data, told.headers())])
    await bus.close()


def ordered(port: int, bearer: str) -> str:
    """Order work on the fork-lift; give the trace that is to be of it, "" as long as it is not known."""
    trace = uuid4().hex
    headers = {"Authorization": f"Bearer {bearer}", "traceparent": f"00-{trace}-{trace[:16]}-01"}
    answer = httpx.post(f"http://127.0.0.1:{port}/dispatch/orders", json={"object_id": "fork"}, headers=headers)
    return trace if answer.status_code == 201 else ""


def last_of(collector: Collector, trace: str) -> Told | None:
    """Give what invoicing appended in a trace, once all above it has come too."""
    appended = [span for span in collector.spans if (span.trace, span.name) == (trace, "append")]
    roads = {span: collector.road(span) for span in appended if span.service == "carnet-invoicing"}
    return next((span for span, road in roads.items() if len(road) == 5), None)


def eventually(found: Callable[[], T | None]) -> T:
    until = time.monotonic() + PATIENCE_SECONDS
    while not (there := found()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return there


def asked_in_vain(replica: Replica) -> bool:
    """Ask the service for something, and say whether it has noted by now that nobody takes its traces."""
    assert httpx.get(f"http://127.0.0.1:{replica.port}/objects/me").status_code < 500
    return "traces are lost" in replica.log.read_text()
