"""Serving an app with uvicorn: a port that is taken is one clear line, Ctrl-C stops within seconds."""

import gc
import os
import socket
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from carnet.kernel.settings import BadSettings

GRACE_SECONDS = 2


class PortTaken(Exception):
    """Another program listens on the port, said in one sentence."""


class NotReady(Exception):
    """The suite did not start in time, with its reasons."""


def build(context: str, **settings: Any) -> FastAPI:
    """Make a context's app by its entry point (`carnet.apps`); raises BadSettings where it is not installed."""
    found = entry_points(group="carnet.apps", name=context)
    if not found:
        known = ", ".join(sorted(each.name for each in entry_points(group="carnet.apps")))
        raise BadSettings(f"No context {context!r} is installed here; there are: {known}.")
    app: FastAPI = next(iter(found)).load()(**settings)
    return app


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


def server(app: Any, level: str = "warning", make: type[uvicorn.Server] = uvicorn.Server) -> uvicorn.Server:
    """Make a server that is quiet, and that waits for open requests no longer than the grace time."""
    config = uvicorn.Config(
        app,
        log_level=level,
        access_log=False,
        lifespan="on",
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
    """Serve one context alone until it is told to stop; raises PortTaken, BadSettings."""
    os.environ |= {"CARNET_DATA": str(data), "CARNET_HOST": host, "CARNET_PORT": str(port)}
    with listen(host, port) as listener:
        app = build(context)
        calm_garbage_collection()
        await server(app).serve(sockets=[listener])
