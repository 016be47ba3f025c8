"""What an operator's machinery asks of one context from outside: its tables made ready, its store renewed, its run."""

import os
import sys
from datetime import date
from pathlib import Path

import httpx
from sqlalchemy.exc import DBAPIError

from carnet.kernel.day import BusinessDay
from carnet.kernel.engines import STORE_FILE, check_addresses, kept, store_of
from carnet.kernel.folder import held
from carnet.kernel.migrations import VERSIONS, bring_up
from carnet.kernel.serve import NotReady, builder
from carnet.kernel.settings import BadSettings, ServiceSettings, load
from carnet.kernel.trouble import first_line

LONGEST_RUN = 600.0  # seconds that the front door waits for an answer, too


async def migrate_one(context: str) -> None:
    """Make the tables of a context's database what this release needs; raises BadSettings, NotReady."""
    builder(context)
    settings = load(ServiceSettings)
    check_addresses(settings)
    database, _ = kept(settings.data / context, settings)
    try:
        await database.write(lambda connection: bring_up(connection, settings.tenant, context))
    except DBAPIError as error:
        raise NotReady(f"{first_line(error)}.") from error
    finally:
        database.close()
    sys.stdout.write(f"The database of {context} is that of {VERSIONS[-1]}.\n")


async def renew_one(context: str, data: Path) -> None:
    """Begin the next incarnation of a context's store, after which all that is derived of it is built anew.

    Raises BadSettings, FolderHeld where something runs on the folder, and the store's own refusals.
    """
    builder(context)
    settings = load(ServiceSettings, data=data)
    check_addresses(settings)
    if settings.store is None and not (settings.data / context / STORE_FILE).exists():
        raise BadSettings(f"{context} has no event store in {settings.data}.")
    with held(settings.data, ""):
        await renew(context, settings, empty=False)
    sys.stdout.write(f"The store of {context} lives on; what is derived of it is built anew at the next start.\n")


async def renew(context: str, settings: ServiceSettings, *, empty: bool = True) -> None:
    """Begin a store's next incarnation; raises BadSettings for an empty one where none is expected."""
    store = store_of(context, settings.data / context, settings)
    try:
        if not empty and await store.head() is None:
            raise BadSettings(f"The event store of {context} holds no event: is it the one that was put back?")
        await store.renew()
    finally:
        await store.close()


async def run_day(context: str, day: date | None) -> None:
    """Have a running context do a day's run, with the token in CARNET_TOKEN; raises BadSettings, NotReady."""
    settings, token = load(ServiceSettings), os.environ.get("CARNET_TOKEN")
    if not token:
        raise BadSettings("CARNET_TOKEN is empty; it has to be a token of who may start the run.")
    on = day or BusinessDay(settings).today()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=LONGEST_RUN) as client:
        try:
            answer = await client.post(f"{settings.of(context)}/{context}/runs", json={"date": str(on)})
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise NotReady(f"The run of {on} in {context} was not done: {first_line(error)}.") from error
    sys.stdout.write(f"{answer.text}\n")
