"""The settings choose the engines; an adapter is imported only when it is chosen."""

from carnet.kernel.bus.sqlite import shared_bus
from carnet.kernel.database import Database
from carnet.kernel.documents.folder import FolderDocuments
from carnet.kernel.runtime import Engines
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.sqlite import SqliteEventStore


async def open_engines(context: str, settings: ServiceSettings) -> Engines:
    """Open one context's embedded engines in the data folder: `<data>/<context>/…` and the bus they share."""
    folder = settings.data / context
    folder.mkdir(parents=True, exist_ok=True)
    return Engines(
        store=SqliteEventStore.open(folder / "events.db", tenant=settings.tenant),
        bus=await shared_bus(settings.data / "bus.db"),
        database=Database.in_folder(folder),
        documents=FolderDocuments(folder / "documents"),
    )
