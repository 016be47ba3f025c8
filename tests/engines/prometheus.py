"""A Prometheus of our own on the configuration that production uses, scraping services on loopback."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from engines import NotHere
from engines.ports import free_port

CONFIGURATION = Path(__file__).parents[2] / "deploy/observability/prometheus.yml"
RULES = CONFIGURATION.parent / "alerts/carnet.yml"
READY_SECONDS = 60.0


def program(name: str) -> str:
    """Find `prometheus` or `promtool`; raises NotHere."""
    if (found := shutil.which(name)) is None:
        raise NotHere(f"no {name} (Debian: apt-get install --no-install-recommends prometheus)")
    return found


def configured(folder: Path, targets: Mapping[str, str]) -> Path:
    """Write the configuration with other targets, and its rules, all looked at every second; give its file."""
    rules = yaml.safe_load(RULES.read_text())
    for group in rules["groups"]:
        group["interval"] = "1s"
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    told = yaml.safe_load(CONFIGURATION.read_text())
    told["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    told["rule_files"] = [str(folder / "rules.yml")]
    for job in told["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    (file := folder / "prometheus.yml").write_text(yaml.safe_dump(told))
    return file


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, str]) -> Iterator[str]:
    """Give the address of a Prometheus that scrapes `host:port` of each context; raises NotHere."""
    address, file = f"127.0.0.1:{free_port()}", configured(folder, targets)
    told = [f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={address}"]
    with (
        (folder / "prometheus.log").open("wb") as log,
        subprocess.Popen([program("prometheus"), *told], stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(f"http://{address}", process, folder / "prometheus.log")
            yield f"http://{address}"
        finally:
            process.terminate()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while not answers(f"{address}/-/ready"):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def data(answer: bytes) -> Any:
    """Give what an answer of its API holds; raises AssertionError with what it says instead."""
    found = json.loads(answer)
    assert found["status"] == "success", found
    return found["data"]
