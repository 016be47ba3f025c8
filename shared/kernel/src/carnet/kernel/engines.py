"""The four ports of a service, opened as the settings choose; an adapter is imported only when it is chosen."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from carnet.kernel.bus.port import Bus
from carnet.kernel.bus.sqlite import shared_bus
from carnet.kernel.database import Database
from carnet.kernel.documents.folder import FolderDocuments
from carnet.kernel.documents.port import Documents
from carnet.kernel.installed import check_installed
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.port import EventStore
from carnet.kernel.store.sqlite import SqliteEventStore

STORE_FILE: Final = "events.db"
BUS_FILE: Final = "bus.db"


@dataclass
class Engines:
    """The four ports of one service, opened."""

    store: EventStore
    bus: Bus
    database: Database
    documents: Documents

    async def close(self) -> None:
        await self.bus.close()
        await self.store.close()
        self.database.close()


async def open_engines(context: str, settings: ServiceSettings) -> Engines:
    """Open one context's engines; embedded ones stand in the data folder, and share one bus. Raises BadSettings."""
    check_addresses(settings)
    folder = settings.data / context
    folder.mkdir(parents=True, exist_ok=True)
    database, documents = kept(folder, settings)
    return Engines(
        store=store_of(context, folder, settings),
        bus=await bus_of(settings),
        database=database,
        documents=documents,
    )


def check_addresses(settings: ServiceSettings) -> None:
    """Raise BadSettings for an address that makes no sense or has no client here; nothing is opened or written."""
    check_installed(settings)
    if settings.store is not None:
        from carnet.kernel.store.eventstore.address import Address, checked_prefix  # noqa: PLC0415  # as below

        Address.parse(settings.store.get_secret_value()).client()
        checked_prefix(settings.store_prefix)
    if settings.database is not None:
        from carnet.kernel.postgresql import checked  # noqa: PLC0415  # as below

        checked(settings.database.get_secret_value())


def store_of(context: str, folder: Path, settings: ServiceSettings) -> EventStore:
    """Open the context's event store: on the server that is named, else in the folder; raises BadSettings.

    A prefix is for contexts that share a server in development: each gets its own name behind it.
    """
    if settings.store is None:
        return SqliteEventStore.open(folder / STORE_FILE, tenant=settings.tenant)
    from carnet.kernel.store.eventstore import EventStoreDb  # noqa: PLC0415  # gRPC is no part of the embedded size

    prefix = settings.store_prefix and f"{settings.store_prefix}{context}-"
    uri = settings.store.get_secret_value()
    return EventStoreDb.open(uri, tenant=settings.tenant, context=context, prefix=prefix)


async def bus_of(settings: ServiceSettings) -> Bus:
    """Open the bus: on Kafka where one is named (it may come later), else the one of all services on this folder."""
    if settings.bus is None:
        return await shared_bus(settings.data / BUS_FILE)
    from carnet.kernel.bus.kafka import KafkaBus  # noqa: PLC0415  # FastStream is no part of the embedded size

    return KafkaBus(settings)


def kept(folder: Path, settings: ServiceSettings) -> tuple[Database, Documents]:
    """Open what keeps read models and documents: both in PostgreSQL where one is named, else in the folder."""
    if settings.database is None:
        return Database.in_folder(folder), FolderDocuments(folder / "documents")
    from carnet.kernel.documents.table import TableDocuments  # noqa: PLC0415  # only when it is chosen
    from carnet.kernel.postgresql import open_database  # noqa: PLC0415  # psycopg is no part of the embedded size

    database = open_database(settings.database.get_secret_value())
    return database, TableDocuments(database)
