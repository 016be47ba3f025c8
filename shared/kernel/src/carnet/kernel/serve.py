"""Serving an app with uvicorn: a port that is taken is one clear line, Ctrl-C stops within seconds."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeAlias

import uvicorn
from fastapi import FastAPI

from carnet.kernel.engines import check_addresses
from carnet.kernel.folder import held
from carnet.kernel.logs import configure
from carnet.kernel.settings import BadSettings, ServiceSettings, load

GRACE_SECONDS = 2
STOPS = (signal.SIGINT, signal.SIGTERM)
Make: TypeAlias = Callable[[uvicorn.Config], uvicorn.Server]


class PortTaken(Exception):
    """Another program listens on the port, said in one sentence."""


class NotReady(Exception):
    """The suite did not start in time, or cannot go on, with its reasons."""


def builder(context: str) -> Callable[..., FastAPI]:
    """Find what makes a context's app, by its entry point (`carnet.apps`); raises BadSettings where there is none."""
    found = entry_points(group="carnet.apps", name=context)
    if not found:
        known = ", ".join(sorted(each.name for each in entry_points(group="carnet.apps")))
        raise BadSettings(f"No context {context!r} is installed here; there are: {known}.")
    make: Callable[..., FastAPI] = next(iter(found)).load()
    return make


def build(context: str, **settings: Any) -> FastAPI:
    """Make a context's app; raises BadSettings."""
    return builder(context)(**settings)


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; raises PortTaken.

    It names TCP, since only then asyncio sets TCP_NODELAY on what it accepts; without that each answer is 40 ms late.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Port {port} on {host} cannot be used: {error.strerror}; choose another with --port."
        ) from error
    return listener


class Server(uvicorn.Server):
    """A server that ends in its ordinary way when SIGINT or SIGTERM tells it to; told twice, the process ends at once.

    `leave` is called when it is told; for `drain` seconds it still answers, until nobody sends it anything new.
    """

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None] = lambda: None, drain: float = 0.0) -> None:
        super().__init__(config)
        self.leave, self.drain = leave, drain

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for told in STOPS:
            asyncio.get_running_loop().add_signal_handler(told, self.stop)
        yield

    def stop(self) -> None:
        loop = asyncio.get_running_loop()
        for told in STOPS:
            loop.remove_signal_handler(told)
        self.leave()
        loop.call_later(self.drain, setattr, self, "should_exit", True)


def server(app: Any, level: str = "warning", make: Make = Server) -> uvicorn.Server:
    """Make a server that is quiet, and that waits for open requests no longer than the grace time.

    The app's lifespan is not its business: who serves enters it, and hears of what keeps the app from starting.
    """
    config = uvicorn.Config(
        app,
        log_level=level,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        server_header=False,
    )
    return make(config)


def calm_garbage_collection() -> None:
    """Take what the start has made out of the collector's sight, and let it look less often.

    Nearly all that a request or an event leaves behind is freed by its count of references; looking through every
    import again and again took a fifth of a billing run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


async def serve_one(context: str, data: Path, host: str, port: int) -> None:
    """Serve one context alone until it is told to stop; raises PortTaken, BadSettings, FolderRefused, StoreError."""
    os.environ |= {"CARNET_DATA": str(data), "CARNET_HOST": host, "CARNET_PORT": str(port)}
    make, settings = builder(context), load(ServiceSettings)
    check_addresses(settings)
    configure(settings.log_format, settings.log_level)
    with listen(host, port) as listener, held(data, str(settings.front or ""), alone=False):
        app = make()
        calm_garbage_collection()
        leave = partial(setattr, app.state, "leaving", True)
        async with app.router.lifespan_context(app):
            await server(app, make=partial(Server, leave=leave, drain=settings.drain)).serve(sockets=[listener])
