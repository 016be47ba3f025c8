"""An issued document gets its file, once; what cannot be rendered keeps its number and says why."""

import asyncio
from weakref import WeakKeyDictionary

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.documents import DocumentRefused
from carnet.invoicing.documents.printers import Printers
from carnet.invoicing.domain.issued_document import Event, RecordRendering, RefuseRendering, State
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import DOCUMENTS
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import EventStore
from carnet.kernel.streams import Outcome

PRINTERS: WeakKeyDictionary[EventStore, Printers] = WeakKeyDictionary()


def printers(runtime: Runtime) -> Printers:
    """Give the printers of a running service."""
    return PRINTERS.setdefault(runtime.engines.store, Printers(house(runtime).render_workers))


async def end_printers(runtime: Runtime) -> None:
    """End the processes of the printers when the service stops."""
    try:
        await asyncio.Event().wait()
    finally:
        printers(runtime).close()


async def render_once(runtime: Runtime, issued: DocumentIssued, because: Because) -> None:
    """Keep the PDF of a document and record its hash, or why there is none; a document that has its file keeps it."""
    document_id = issued.document.document_id
    if (await runtime.state(DOCUMENTS, document_id)).sha256 is not None:
        return
    await runtime.handle(DOCUMENTS, document_id, await rendered(runtime, issued), because)


async def render_again(runtime: Runtime, row: DocumentRow, because: Because) -> Outcome[State, Event]:
    """Render a document that has no file; raises Rejected with the reason where it cannot be rendered now either."""
    if row.sha256 is not None:
        raise Rejected("{number} is rendered: an issued document never changes.", number=row.number)
    command = await rendered(runtime, row.whole)
    outcome = await runtime.handle(DOCUMENTS, row.document_id, command, because)
    if isinstance(command, RefuseRendering):
        raise Rejected(command.reason)
    return outcome


async def rendered(runtime: Runtime, issued: DocumentIssued) -> RecordRendering | RefuseRendering:
    named = {"document_id": issued.document.document_id, "number": issued.number}
    try:
        content = await printers(runtime).pdf(printed(issued))
    except DocumentRefused as why:
        return RefuseRendering(**named, reason=str(why))
    return RecordRendering(**named, sha256=await runtime.documents.put(content))
