"""`carnet serve` on a real machine: one line for what is wrong, patience with what is not there yet, an orderly end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from engines import postgres
from engines.eventstore.process import development_server
from engines.ports import free_port
from engines.processes import CARNET, STOP_SECONDS, Replica

PATIENCE_SECONDS = 60


def environment(**settings: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **settings}


def replica(folder: Path, context: str = "dispatch", **settings: str) -> Replica:
    return Replica(context, folder, environment(**settings), folder / f"{context}.log")


@contextmanager
def serving(made: Replica) -> Iterator[Replica]:
    """Serve until the block ends."""
    made.start()
    try:
        yield made
    finally:
        if made.running.poll() is None:
            made.kill()


def get(made: Replica, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{made.port}/{made.context}{path}", timeout=30)


def eventually(made: Replica, holds: Callable[[], Any]) -> Any:
    """Wait until something answers and holds; give it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if found := holds():
                return found
        except httpx.TransportError:
            pass  # not listening yet
        assert made.running.poll() is None, made.log.read_text()
        assert time.monotonic() < until, made.log.read_text()
        time.sleep(0.05)


def reasons(made: Replica) -> list[str]:
    """Give why it is not ready; [] when it is."""
    found: list[str] = get(made, "/health/ready").json()["reasons"]
    return found


def refused(folder: Path, *command: str, because: str, **settings: str) -> None:
    """Assert exit status 2 with one line, which says why."""
    done = subprocess.run(
        [CARNET, *command, "--data", str(folder)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env=environment(**settings),
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert because in done.stderr


def test_services_and_replicas_share_a_folder_and_leave_no_room_for_a_suite(tmp_path: Path) -> None:
    with (
        serving(replica(tmp_path)) as first,
        serving(replica(tmp_path)) as second,
        serving(replica(tmp_path, "objects")) as other,
    ):
        for each in (first, second, other):
            each.wait_until_ready()
        refused(tmp_path, "up", "--port", str(free_port()), because="already running on")
        refused(tmp_path, "demo", because="say by --front where all contexts answer")


def test_a_suite_leaves_no_room_for_a_service(tmp_path: Path) -> None:
    port = str(free_port())
    with subprocess.Popen(
        [CARNET, "up", "--no-demo", "--data", str(tmp_path), "--port", port], stderr=subprocess.PIPE, text=True
    ) as suite:
        assert suite.stderr is not None
        assert port in suite.stderr.readline()
        refused(
            tmp_path, "serve", "dispatch", "--port", str(free_port()), because=f"at http://127.0.0.1:{port}; stop it"
        )
        suite.terminate()
        assert suite.wait(STOP_SECONDS) == 0


WRONG: dict[str, tuple[Mapping[str, str], str]] = {
    "a front that is no address": ({"CARNET_FRONT": "nowhere"}, "CARNET_FRONT"),
    "a store that is none": ({"CARNET_STORE": "http://127.0.0.1:1"}, "CARNET_STORE"),
    "a store without its login": ({"CARNET_STORE": "esdb://127.0.0.1:1"}, "CARNET_STORE"),
    "a prefix that is none": (
        {"CARNET_STORE": "esdb://127.0.0.1:1?Tls=false", "CARNET_STORE_PREFIX": "$"},
        "CARNET_STORE_PREFIX",
    ),
    "a bus that is none": ({"CARNET_BUS": "amqp://127.0.0.1"}, "CARNET_BUS"),
    "a database that is none": ({"CARNET_DATABASE": "mysql://127.0.0.1/x"}, "CARNET_DATABASE"),
    "the embedded issuer in production": ({"CARNET_PRODUCTION": "true"}, "OIDC"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_setting_that_is_wrong_is_one_line_and_nothing_is_written(wrong: str, tmp_path: Path) -> None:
    settings, because = WRONG[wrong]
    folder = tmp_path / "data"
    refused(folder, "serve", "dispatch", "--port", str(free_port()), because=because, **settings)
    assert not folder.exists()


def test_a_store_of_another_tenant_is_one_line(tmp_path: Path) -> None:
    with serving(replica(tmp_path)) as first:
        first.wait_until_ready()
    refused(tmp_path, "serve", "dispatch", "--port", str(free_port()), because="tenant", CARNET_TENANT="another")


def test_nobody_at_the_front_is_one_line(tmp_path: Path) -> None:
    refused(tmp_path, "verify", because="cannot be asked", CARNET_FRONT=f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_told_to_stop_exits_with_0(tmp_path: Path, told: signal.Signals) -> None:
    with serving(replica(tmp_path)) as service:
        service.wait_until_ready()
        service.running.send_signal(told)
        assert service.end() == 0, service.log.read_text()


def test_while_it_drains_it_answers_and_is_not_ready(tmp_path: Path) -> None:
    with serving(replica(tmp_path, CARNET_DRAIN="3600")) as service:
        service.wait_until_ready()
        service.running.terminate()
        eventually(service, lambda: reasons(service) == ["It was told to stop."])
        assert get(service, "/health/live").is_success


def test_a_service_becomes_ready_when_its_event_store_comes(tmp_path: Path) -> None:
    port = free_port()
    with serving(replica(tmp_path, CARNET_STORE=f"esdb://127.0.0.1:{port}?tls=false")) as service:
        assert "event store" in eventually(service, lambda: reasons(service))[0]
        assert get(service, "/health/live").is_success
        assert get(service, "/ops/status").status_code in {401, 503}
        with development_server("--port", str(port)):
            service.wait_until_ready()


@contextmanager
def away(server: Any) -> Iterator[Callable[[], None]]:
    """Stop a server until the block calls what it is given, at the latest until it ends."""
    server.stop()
    gone = [server]

    def come_back() -> None:
        gone.pop().start()

    try:
        yield come_back
    finally:
        for each in gone:
            each.start()


def test_a_service_becomes_ready_when_its_database_comes(tmp_path: Path, own_postgres: postgres.Server) -> None:
    with postgres.fresh_database(own_postgres) as url, away(own_postgres) as comes_back:
        waits_for_its_engine(replica(tmp_path, CARNET_DATABASE=url), "database", comes_back)


def test_a_service_becomes_ready_when_its_bus_comes(tmp_path: Path, own_kafka: Any) -> None:
    with away(own_kafka) as comes_back:
        waits_for_its_engine(replica(tmp_path, CARNET_BUS=own_kafka.uri), own_kafka.address, comes_back)


def waits_for_its_engine(made: Replica, named: str, comes_back: Callable[[], None]) -> None:
    """Start a service whose engine is away, let that come back, and stop the service in order."""
    with serving(made) as service:
        assert named in eventually(service, lambda: reasons(service))[0]
        assert get(service, "/health/live").is_success
        comes_back()
        service.wait_until_ready()
        service.running.terminate()
        assert service.end() == 0, service.log.read_text()
