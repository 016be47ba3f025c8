"""Two toy services that answer on a real port, with their log in a file: the suite that runbooks are tried on."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any
from unittest.mock import patch

import httpx
import structlog
from fastapi import FastAPI
from toy import toys

from carnet.kernel.logs import configure
from carnet.kernel.serve import listen, server
from carnet.kernel.trial import PATIENCE, Trial
from carnet.kernel.web.front import Front
from carnet.runner.suite import Within
from operating.pages import RUNBOOKS, Page
from operating.reader import Reader

HOST = "127.0.0.1"
Make = Callable[..., Mapping[str, FastAPI]]
"""Makes the services for a folder, with settings of theirs."""


@dataclass
class Night:
    """A data folder, and the page that somebody follows on it; it is served, stopped and served again."""

    folder: Path
    page: str
    settings: dict[str, Any] = field(default_factory=dict)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        told = {"CONTEXT": "dispatch", "PRODUCER": "objects", "DATA": str(self.folder), "LOG": str(self.log)}
        self.reader = Reader(Page(RUNBOOKS / f"{self.page}.md"), self.folder, told | {"MINUTE": "0"})

    @property
    def log(self) -> Path:
        return self.folder / "service.log"

    @asynccontextmanager
    async def served(self, make: Make = toys) -> AsyncIterator[Trial]:
        """Serve the services on a port for as long as the block runs."""
        with listen(HOST, 0) as listener, logging_to(self.log):
            port = listener.getsockname()[1]
            apps = make(self.folder, port=port, **self.settings)
            async with answering(apps, listener) as suite:
                token = suite.bearer("admin")["Authorization"].removeprefix("Bearer ")
                self.reader.told |= {"FRONT": f"http://{HOST}:{port}", "TOKEN": token}
                yield suite


@asynccontextmanager
async def answering(apps: Mapping[str, FastAPI], listener: socket) -> AsyncIterator[Trial]:
    front, (host, port) = Front(apps), listener.getsockname()
    async with front.running(), httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=PATIENCE) as client:
        web = server(front, make=Within)
        task = asyncio.create_task(web.serve(sockets=[listener]))
        try:
            yield Trial(front, client)
        finally:
            web.should_exit = True
            await task


@contextmanager
def logging_to(file: Path) -> Iterator[None]:
    """Let all that is logged stand in a file, as a service's log does; then log as before."""
    root = logging.getLogger()
    before = root.handlers, root.level
    with file.open("a") as stream:
        with patch.object(sys, "stderr", stream):
            configure("json", "warning")
        try:
            yield
        finally:
            root.handlers, root.level = before
            structlog.reset_defaults()
