"""A PostgreSQL in a container, where a container engine answers; its client is imported only then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from engines.ports import free_port

IMAGE = "postgres:17-alpine"


class Container:
    """One server in a container, on the same port of the host as long as it lives."""

    def __init__(self, container: Any) -> None:
        self.container = container
        self.url: str = container.get_connection_url(driver=None)

    def start(self) -> None:
        self.container.get_wrapped_container().start()
        self.container._connect()

    def stop(self, *, kill: bool = False) -> None:
        inner = self.container.get_wrapped_container()
        _ = inner.kill() if kill else inner.stop()


def is_possible() -> bool:
    """Ask the container engine, if there is a trace of one, whether it answers."""
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return False
    try:
        return bool(import_module("docker").from_env().ping())
    except Exception:  # noqa: BLE001  # whatever it is: no engine answers
        return False


@contextmanager
def running(options: str) -> Iterator[Container]:
    """Start a container and remove it afterwards."""
    kind = import_module("testcontainers.postgres").PostgresContainer
    made = kind(IMAGE, driver=None).with_bind_ports(5432, free_port()).with_command(options)
    with made as container:
        yield Container(container)
