"""Which published facts each context hears, as its read models and reactions declare them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

from carnet.events.catalogue import CATALOGUE
from carnet.events.fact import Fact
from carnet.kernel.metrics import Metrics
from carnet.kernel.runtime import Runtime
from carnet.kernel.serve import build
from carnet.kernel.service import CONTEXTS, started
from carnet.kernel.tracing import SILENT


async def heard() -> dict[str, list[type[Fact]]]:
    """Give the facts by the context that hears them, in the catalogue's order."""
    with TemporaryDirectory() as folder:
        return {context: await heard_by(build(context), Path(folder)) for context in CONTEXTS}


async def heard_by(app: FastAPI, folder: Path) -> list[type[Fact]]:
    async with empty(app, folder) as runtime:
        names = {name for consumer in runtime.consumers for name in consumer.readers}
    return [fact for name, fact in CATALOGUE.items() if name in names]


@asynccontextmanager
async def empty(app: FastAPI, folder: Path) -> AsyncIterator[Runtime]:
    """Run a service that knows nothing yet, with embedded engines in a folder of its own."""
    embedded = {"data": folder / app.state.parts.name, "store": None, "bus": None, "database": None}
    settings = app.state.settings.model_copy(update=embedded)
    async with started(app.state.parts, settings, Metrics(), SILENT) as runtime:
        yield runtime
