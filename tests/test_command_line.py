"""The command on a real machine: one clear line for the operator, and nothing lost when it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

CARNET = [str(Path(sys.executable).parent / "carnet")]
READY_SECONDS, STOP_SECONDS = 90, 30  # far beyond what is needed: a test never depends on speed


def carnet(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [*CARNET, *arguments], capture_output=True, text=True, timeout=READY_SECONDS, check=False, env=environment
    )


@contextmanager
def up(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `carnet up` without its demonstration; give the process and its address."""
    port = free_port()
    command = [*CARNET, "up", "--no-demo", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert f"http://127.0.0.1:{port}" in line, line + process.stderr.read()
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def refused(done: subprocess.CompletedProcess[str], because: str) -> None:
    """Assert exit status 2 with one line, which says why."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert because in done.stderr


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused(carnet("up", "--data", str(tmp_path / "data"), "--port", port), "choose another with --port")
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    port = str(free_port())
    refused(carnet("up", "--data", str(tmp_path / "file" / "data"), "--port", port), "cannot be written")


def test_a_folder_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("99\n")
    refused(carnet("up", "--data", str(tmp_path), "--port", str(free_port())), "version 99")
    assert {path.name for path in tmp_path.iterdir()} <= {"version", "carnet.lock"}


def test_a_role_that_is_none_is_one_line(tmp_path: Path) -> None:
    refused(carnet("token", "--role", "king", "--data", str(tmp_path / "data")), "no role 'king'")
    assert not (tmp_path / "data").exists()


def test_a_mapping_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_bytes(b"\x80abc")
    arguments = ("import", "objects", "nowhere.csv", "--mapping", str(tmp_path / "mapping.yaml"))
    refused(carnet(*arguments, "--data", str(tmp_path / "data")), "no YAML")


def test_a_public_address_needs_an_issuer(tmp_path: Path) -> None:
    refused(carnet("up", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", str(free_port())), "loopback")


def test_an_unknown_context_is_one_line(tmp_path: Path) -> None:
    refused(carnet("serve", "kitchen", "--data", str(tmp_path), "--port", str(free_port())), "kitchen")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_second_suite_is_refused_and_the_first_stops_when_told(tmp_path: Path, stop: signal.Signals) -> None:
    with up(tmp_path) as (process, address):
        refused(carnet("up", "--data", str(tmp_path), "--port", str(free_port())), "already running")
        token = carnet("token", "--role", "planner", "--data", str(tmp_path)).stdout.strip()
        party = {"number": "K9", "name": "Kept"}
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.post(f"{address}/objects/parties", json=party, headers=headers).status_code == 201
        process.send_signal(stop)
        process.wait(timeout=STOP_SECONDS)
    with up(tmp_path) as (_, address):
        found = httpx.get(f"{address}/objects/parties", headers=headers).json()["items"]
        assert [party["number"] for party in found] == ["K9"]


def test_commands_speak_to_a_running_suite(tmp_path: Path) -> None:
    with up(tmp_path):
        assert "is rebuilt" in carnet("rebuild", "objects.parties", "--data", str(tmp_path)).stdout
        assert "All as the events say" in carnet("verify", "--online", "--data", str(tmp_path)).stdout
        refused(carnet("rebuild", "objects.nothing", "--data", str(tmp_path)), "objects.nothing")


def test_ctrl_c_stops_a_demonstration_in_one_line(tmp_path: Path) -> None:
    command = [*CARNET, "demo", "--data", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        until((tmp_path / "issuer.jwk.json").exists)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 130, said
    assert said.strip() == "carnet: stopped; what was acknowledged is kept, run it again to go on."


def until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.1)
