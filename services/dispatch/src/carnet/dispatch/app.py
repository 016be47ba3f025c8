"""The dispatch service: every part of it, named once."""

from fastapi import FastAPI

from carnet.dispatch import api, consumers, pages
from carnet.dispatch.publishing import publish
from carnet.dispatch.read_models import (
    agenda,
    articles,
    equipment,
    nodes,
    orders,
    parties,
    reports,
    responsibilities,
    technicians,
)
from carnet.dispatch.settings import DispatchSettings
from carnet.dispatch.streams import CODEC
from carnet.kernel.context import Context
from carnet.kernel.service import service
from carnet.kernel.settings import load

DISPATCH = Context(
    "dispatch",
    "Dispatch",
    CODEC,
    publish,
    read_models=(
        orders.MODEL,
        reports.MODEL,
        agenda.MODEL,
        technicians.MODEL,
        equipment.MODEL,
        nodes.MODEL,
        responsibilities.MODEL,
        parties.MODEL,
        articles.MODEL,
    ),
    reactions=consumers.reactions,
    routers=(api.router, pages.router),
)


def build(settings: DispatchSettings | None = None) -> FastAPI:
    """Make the service; without settings they come from the environment."""
    return service(DISPATCH, settings or load(DispatchSettings), pages.PAGES)
