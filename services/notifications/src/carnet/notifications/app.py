"""Notifications as a service: the only place that knows every part."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from carnet.kernel.context import Context
from carnet.kernel.service import service
from carnet.kernel.settings import load
from carnet.notifications import api, consumers, pages, streams
from carnet.notifications.consumers.kept import lost
from carnet.notifications.publishing import publish
from carnet.notifications.read_models.objects import objects
from carnet.notifications.read_models.outbox import outbox
from carnet.notifications.read_models.parties import parties
from carnet.notifications.read_models.preferences import preferences
from carnet.notifications.settings import NotificationsSettings


def build(
    settings: NotificationsSettings | None = None, clock: Callable[[], datetime] = consumers.wall_clock
) -> FastAPI:
    """Make the service's app; `clock` gives the instant in UTC that the age of a cause is measured against."""
    chosen = settings or load(NotificationsSettings)
    context = Context(
        "notifications",
        "Notifications",
        streams.codec,
        publish,
        read_models=(parties, objects, preferences, outbox),
        reactions=lambda runtime: consumers.reactions(runtime, chosen, clock),
        routers=(api.router, pages.router),
        checks=(lost,),
    )
    return service(context, chosen, pages.PAGES)
