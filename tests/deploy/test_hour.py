"""`carnet day`, as the CronJob calls it, on a service whose own ticker is off."""

import os
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from engines.processes import CARNET, Replica

from carnet.runner.suite import token

PATIENCE = 60.0


def test_a_run_is_done_when_it_is_told_and_once_more_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARNET_DATA", str(tmp_path))
    told = {"PATH": os.environ["PATH"], "CARNET_DATA": str(tmp_path), "CARNET_TICKER": "false"}
    service = Replica("contracts", tmp_path, told, tmp_path / "log")
    service.start()
    try:
        service.wait_until_ready()
        told |= {"CARNET_PEERS": f"http://127.0.0.1:{service.port}"}
        planner = token(tmp_path, "planner")
        assert runs(service, planner) == []  # its ticker is off
        for _ in range(2):
            done(told)
        assert runs(service, planner) == ["2026-03-02"]
        service.running.terminate()
        assert service.end() == 0
    finally:
        service.kill()


def done(told: dict[str, str]) -> None:
    """Call it until the service has read its own facts: a CronJob tries again too."""
    until = time.monotonic() + PATIENCE
    command = [CARNET, "day", "contracts", "--on", "2026-03-02"]
    while (tried := subprocess.run(command, env=told, capture_output=True, text=True, check=False)).returncode:
        assert time.monotonic() < until, tried.stderr
        assert tried.stderr.count("\n") == 1
    assert '"run_date":"2026-03-02"' in tried.stdout


def runs(service: Replica, planner: str) -> list[str]:
    address = f"http://127.0.0.1:{service.port}/contracts/runs"
    found = httpx.get(address, headers={"Authorization": f"Bearer {planner}"}, timeout=PATIENCE)
    return [each["run_date"] for each in found.raise_for_status().json()["items"]]
