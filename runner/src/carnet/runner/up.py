"""`carnet up`: the suite in one process, with the demonstration loaded once."""

import asyncio
from pathlib import Path

from rich.console import Console

from carnet.runner.demo import is_loaded
from carnet.runner.playing import played
from carnet.runner.suite import client, in_a_line, serving

SAY = Console(stderr=True, highlight=False)


async def serve_up(data: Path, host: str, port: int, *, demo: bool) -> None:
    """Serve until Ctrl-C; say where, and load the demonstration into a folder that has not got it."""
    async with serving(data, host, port) as (address, server):
        SAY.print(f"Carnet answers at {address} (Ctrl-C stops it)")
        loading = asyncio.create_task(load(data, address, wanted=demo and not is_loaded(data)))
        await asyncio.wait([loading, server], return_when=asyncio.FIRST_COMPLETED)
        if server.done():
            loading.cancel()
        await asyncio.gather(loading, return_exceptions=server.done())
        await server


async def load(data: Path, address: str, *, wanted: bool) -> None:
    if wanted:
        with in_a_line(address):
            async with client(data, address) as office:
                result = await played(office)
        SAY.print(f"The demonstration is loaded: {result['orders']} orders in {result['seconds']} s. Open {address}")
