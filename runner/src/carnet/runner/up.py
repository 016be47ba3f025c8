"""`carnet up`: the suite in one process, with the demonstration loaded once."""

import asyncio
import sys
from pathlib import Path

from carnet.runner.demo import is_loaded, load

from carnet.runner.suite import client, serving


async def serve_up(data: Path, host: str, port: int, *, demo: bool) -> int:
    """Serve until Ctrl-C; say where, and load the demonstration on a folder that has not got it."""
    async with serving(data, host, port) as (address, server):
        if demo and not is_loaded(data):
            sys.stderr.write(f"Carnet answers at {address}; loading the demonstration …\n")
            loading = asyncio.create_task(load_into(data, address))
            await asyncio.wait({loading, server}, return_when=asyncio.FIRST_COMPLETED)
            if not loading.done():
                loading.cancel()
            await asyncio.gather(loading, return_exceptions=False) if loading.done() else None
        sys.stderr.write(f"Carnet is at {address} (Ctrl-C stops it)\n")
        await server
    return 0


async def load_into(data: Path, address: str) -> None:
    async with client(data, address) as office:
        await load(office, data)
