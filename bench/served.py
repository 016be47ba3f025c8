"""Servers in processes of their own: one application (`python -m bench.served objects|crud FOLDER PORT`), the suite."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from carnet.kernel.serve import build, calm_garbage_collection, listen, server
from carnet.kernel.service import CONTEXTS

HOST = "127.0.0.1"
READY_SECONDS = 60.0
GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Served:
    """A server that answers; `seconds` is how long it took until it was ready."""

    address: str
    pid: int
    seconds: float

    @property
    def resident_mib(self) -> float:
        """Give the memory that it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def served(kind: str, folder: Path, ready_at: str) -> Iterator[Served]:
    """Serve one application (a context, or `crud`) alone for as long as the block runs."""
    port = free_port()
    with running([sys.executable, "-m", "bench.served", kind, str(folder), str(port)], port, [ready_at]) as server:
        yield server


@contextmanager
def suite_up(folder: Path) -> Iterator[Served]:
    """Run `carnet up` on a folder, without the demonstration, for as long as the block runs."""
    port = free_port()
    carnet = str(Path(sys.executable).with_name("carnet"))
    command = [carnet, "up", "--no-demo", "--data", str(folder), "--port", str(port)]
    with running(command, port, [f"/{context}/health/ready" for context in CONTEXTS]) as server:
        yield server


def free_port() -> int:
    with listen(HOST, 0) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, ready_at: Sequence[str]) -> Iterator[Served]:
    address, begin = f"http://{HOST}:{port}", time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for path in ready_at:
                wait_for(address + path, process)
            yield Served(address, process.pid, time.perf_counter() - begin)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers well."""
    until = time.perf_counter() + READY_SECONDS
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped with status {process.returncode}.")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:  # not listening yet, or an answer such as 503
            time.sleep(0.02)
    raise TimeoutError(url)


def app(kind: str, folder: Path, port: int) -> Any:
    if kind == "crud":
        from bench.peers import crud  # noqa: PLC0415 each process needs one of the two

        return crud.build(folder)
    os.environ |= {
        "CARNET_DATA": str(folder),
        "CARNET_HOST": HOST,
        "CARNET_PORT": str(port),
        "CARNET_LOG_LEVEL": "error",
    }
    return build(kind)


async def serve(kind: str, folder: Path, port: int) -> None:
    with listen(HOST, port) as listener:
        application = app(kind, folder, port)
        calm_garbage_collection()
        async with application.router.lifespan_context(application):
            await server(application).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
