"""A service that starts on a large folder, and the folder's backup."""

import asyncio
import shutil
import time
from pathlib import Path

from bench.scale.figures import Figure, Figures
from bench.served import served

from carnet.kernel.engines import open_engines
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.runner.backup import back_up


def started(folder: Path) -> Figures:
    with served("objects", folder, "/objects/health/ready") as server:
        seconds, memory = server.seconds, server.resident_mib
    return {"start until ready": Figure(seconds, "s"), "memory when ready": Figure(memory, "MiB"), **backed_up(folder)}


def backed_up(folder: Path) -> Figures:
    """Back up the folder, in which the other four contexts have empty stores."""
    settings, target = ServiceSettings(data=folder), folder / "backup"
    asyncio.run(with_all_stores(settings))
    begin = time.perf_counter()
    back_up(settings, target)
    seconds = time.perf_counter() - begin
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    shutil.rmtree(target)
    return {"backup": Figure(seconds, "s"), "backup, size": Figure(size / 2**20, "MiB")}


async def with_all_stores(settings: ServiceSettings) -> None:
    for context in CONTEXTS:
        await (await open_engines(context, settings)).close()
