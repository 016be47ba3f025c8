"""`python -m engines.eventstore --port N [--data FILE]`: the development server as a process of its own."""

import argparse
import asyncio
import signal
from pathlib import Path

from engines.eventstore.log import Log
from engines.eventstore.server import DevelopmentServer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engines.eventstore", description=__doc__)
    parser.add_argument("--port", type=int, default=2113, help="0 takes any that is free")
    parser.add_argument("--data", type=Path, help="a file that keeps the events; else they are gone with the process")
    parser.add_argument("--version", default="24.10.0", help="what it answers when a client asks for its version")
    return parser.parse_args()


async def serve(asked: argparse.Namespace) -> None:
    """Serve until told to stop; the first line on stdout is the URI."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with DevelopmentServer(Log(asked.data), asked.port, asked.version) as server:
        print(server.uri, flush=True)  # noqa: T201  # whoever started it reads this line
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
