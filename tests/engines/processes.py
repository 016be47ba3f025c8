"""The five services as processes of their own behind one front door: started, killed, stopped, with their logs."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from carnet.kernel.service import CONTEXTS
from engines.front import front_door
from engines.ports import free_port

CARNET = str(Path(sys.executable).with_name("carnet"))
READY_SECONDS, STOP_SECONDS = 120.0, 30.0  # far beyond what is needed: a test never depends on speed

Settings = Callable[[str], Mapping[str, str]]
"""What `CARNET_…` says to each context: its own store and database."""


def embedded(_: str) -> Mapping[str, str]:
    """Say nothing: all engines are embedded, in the data folder."""
    return {}


@dataclass
class Replica:
    """One process of a context; its log is a file, to which each start adds."""

    context: str
    folder: Path
    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [CARNET, "serve", self.context, "--data", str(self.folder), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    @property
    def running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None, f"{self.context} was never started"
        return self.process

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{self.context}/health/ready", timeout=5):
                return True
        except OSError:  # not listening yet, or 503
            return False

    def wait_until_ready(self) -> None:
        """Wait until it is ready; raises AssertionError with its log."""
        until = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            assert self.running.poll() is None, f"{self.context} stopped:\n{self.log.read_text()}"
            assert time.monotonic() < until, f"{self.context} does not get ready:\n{self.log.read_text()}"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as the machine does: kill -9."""
        self.running.kill()
        self.running.wait()

    def end(self) -> int:
        """Wait until it has stopped and give its exit status; raises AssertionError with its log when it does not."""
        try:
            return self.running.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.context} does not stop:\n{self.log.read_text()}") from None

    @property
    def resident_mib(self) -> float:
        """Give the memory that it holds now."""
        pages = int(Path(f"/proc/{self.running.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True)
class Processes:
    """Several services behind `address`; `folder` has the issuer's key and, where engines are embedded, all data."""

    address: str
    folder: Path
    replicas: list[Replica]

    def of(self, context: str) -> list[Replica]:
        return [replica for replica in self.replicas if replica.context == context]

    def start(self) -> None:
        """Start all at once and wait until each is ready."""
        for replica in self.replicas:
            replica.start()
        for replica in self.replicas:
            replica.wait_until_ready()

    def stop(self) -> dict[str, int]:
        """Tell all to stop; give those that ended otherwise than they should, with their exit status."""
        started = [replica for replica in self.replicas if replica.running.poll() is None]
        for replica in started:
            replica.running.terminate()
        return {f"{replica.context} {replica.port}": status for replica in started if (status := replica.end())}

    def said(self) -> str:
        """Give all logs."""
        return "\n".join(replica.log.read_text() for replica in self.replicas)


@contextmanager
def five_processes(
    folder: Path, settings: Settings = embedded, replicas: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Processes]:
    """Run so many replicas of each service on a data folder; raises NotHere where there is no front door.

    All are ready when the block begins. What still runs at its end is told to stop, and has to exit with 0.
    """
    made: dict[str, list[Replica]] = {context: [] for context in CONTEXTS}
    address = f"http://127.0.0.1:{(port := free_port())}"
    common = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    common |= {"CARNET_FRONT": address, "CARNET_LOG_LEVEL": "warning", **(environment or {})}
    folder.mkdir(parents=True, exist_ok=True)
    for context in CONTEXTS:
        for number in range(replicas):
            log = folder / f"{context}-{number}.log"
            made[context].append(Replica(context, folder, {**common, **settings(context)}, log))
    all_of_them = [replica for several in made.values() for replica in several]
    with front_door({context: [each.port for each in several] for context, several in made.items()}, port):
        suite = Processes(address, folder, all_of_them)
        try:
            suite.start()
            yield suite
            assert suite.stop() == {}, suite.said()
        finally:
            for replica in all_of_them:
                if replica.process is not None and replica.process.poll() is None:
                    replica.kill()
