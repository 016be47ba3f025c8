"""HTTP: parse, authorise, send the command, answer."""

from carnet.contracts.api import (
    agreements,
    calendars,
    changes,
    contracts,
    decisions,
    due,
    offers,
    reactions,
    runs,
    templates,
)

ROUTERS = (
    runs.router,
    due.router,
    decisions.router,
    reactions.router,
    calendars.router,
    templates.router,
    offers.router,
    contracts.router,
    agreements.router,
    changes.router,
)
"""In this order: what has a name of its own comes before `/{contract_id}`."""
