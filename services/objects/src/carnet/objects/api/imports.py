"""Rows of a file, as `carnet import objects` has read them, come in by the batch."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from carnet.kernel.because import Because
from carnet.kernel.courtesy import COURTESY
from carnet.kernel.logs import CORRELATION
from carnet.kernel.settings import MEBIBYTE
from carnet.kernel.web.body import body_limit
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Person, require
from carnet.objects.domain.imports.rows import ObjectRow, RefusedRow
from carnet.objects.streams import Streams
from carnet.objects.streams.importing import Importer, KnownSites

router = APIRouter(prefix="/imports", tags=["imports"])
Planner = Annotated[Person, require("planner")]
MOST_ROWS = 2000


class Batch(BaseModel):
    rows: Annotated[list[ObjectRow], Field(max_length=MOST_ROWS)]


class Taken(BaseModel):
    """How many of the rows' objects are new and how many were known; what was refused, and why."""

    registered: int
    known: int
    levels: int
    refused: list[RefusedRow]


def known_sites(request: Request) -> KnownSites:
    """Give what the service remembers for as long as it runs."""
    state = request.app.state
    if not hasattr(state, "known_sites"):
        state.known_sites = KnownSites()
    known: KnownSites = state.known_sites
    return known


@router.post("")
@body_limit(16 * MEBIBYTE)
async def take(
    batch: Batch, runtime: RuntimeDep, person: Planner, known: Annotated[KnownSites, Depends(known_sites)]
) -> Taken:
    """Register the objects of some rows and the levels above them; each number once, so a batch may come again."""
    COURTESY.ask()
    because = Because(person.subject, CORRELATION.get(), causation=f"import|{CORRELATION.get()}")
    imported = await Importer(Streams(runtime.engines.store), because, known).take(batch.rows)
    COURTESY.ask()
    return Taken.model_validate(imported, from_attributes=True)
