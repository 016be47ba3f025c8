"""The one place that knows every part of objects."""

from typing import Final

from fastapi import FastAPI

from carnet.kernel.context import Context
from carnet.kernel.service import service
from carnet.kernel.settings import ServiceSettings, load
from carnet.objects import consumers, pages
from carnet.objects.api import finding, imports, inbound, items, parties, sites, tasks
from carnet.objects.publishing import publish
from carnet.objects.read_models.contracts import CONTRACTS
from carnet.objects.read_models.history import HISTORY
from carnet.objects.read_models.invoice_lines import INVOICE_LINES
from carnet.objects.read_models.nodes import NODES
from carnet.objects.read_models.orders import ORDERS
from carnet.objects.read_models.parties import PARTIES
from carnet.objects.read_models.responsibilities import RESPONSIBILITIES
from carnet.objects.read_models.tasks import TASKS
from carnet.objects.read_models.values import VALUES
from carnet.objects.settings import Settings
from carnet.objects.streams import CODEC

OBJECTS: Final = Context(
    name="objects",
    title="Objects",
    codec=CODEC,
    publish=publish,
    read_models=(
        NODES,
        PARTIES,
        RESPONSIBILITIES,
        VALUES,
        TASKS,
        CONTRACTS,
        ORDERS,
        INVOICE_LINES,
        HISTORY,
    ),
    reactions=consumers.reactions,
    routers=(*(part.router for part in (parties, sites, items, tasks, finding, inbound, imports)), pages.router),
    root_routers=(pages.portal_router,),
)


def build(settings: ServiceSettings | None = None) -> FastAPI:
    """Make the service's app, with settings from the environment unless some are given."""
    return service(OBJECTS, settings or load(Settings), pages.PAGES)
