"""What an operator's machinery asks of one context from outside: its tables made ready, its store renewed, its run."""

import sys
from datetime import date
from pathlib import Path

import httpx
from sqlalchemy.exc import DBAPIError

from carnet.kernel.credentials import credentials
from carnet.kernel.day import BusinessDay
from carnet.kernel.engines import STORE_FILE, check_addresses, kept, store_of
from carnet.kernel.folder import held
from carnet.kernel.migrations import VERSIONS, bring_up
from carnet.kernel.serve import NotReady, builder
from carnet.kernel.settings import BadSettings, ServiceSettings, load
from carnet.kernel.trouble import first_line
from carnet.kernel.web.provider import Declined, ProviderUnavailable

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
    """Have a running context do a day's run, as the machine that the settings name; raises BadSettings, NotReady.

    At a provider its client has to hold the role that may start the run: planner in contracts, bookkeeper in invoicing.
    """
    settings = load(ServiceSettings)
    if not settings.embedded_issuer and not settings.machine_id:
        raise BadSettings("CARNET_MACHINE_ID is empty; it has to be a client of the provider that may start the run.")
    on = day or BusinessDay(settings).today()
    may_start = credentials("carnet day", settings, "planner", "bookkeeper")
    async with httpx.AsyncClient(auth=may_start, timeout=LONGEST_RUN) as client:
        try:
            answer = await client.post(f"{settings.of(context)}/{context}/runs", json={"date": str(on)})
            answer.raise_for_status()
        except (httpx.HTTPError, ProviderUnavailable, Declined) as error:
            why = first_line(error).removesuffix(".")
            raise NotReady(f"The run of {on} in {context} was not done: {why}.") from error
    sys.stdout.write(f"{answer.text}\n")
