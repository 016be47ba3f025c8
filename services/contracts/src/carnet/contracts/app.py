"""The contracts service: every part of it, named once."""

from fastapi import FastAPI

from carnet.contracts import api, consumers, pages
from carnet.contracts.consumers.ticker import each_day
from carnet.contracts.publishing import publish
from carnet.contracts.read_models import (
    contracts,
    coverage,
    nodes,
    occurrences,
    offers,
    parties,
    reactions,
    rhythms,
    runs,
    templates,
)
from carnet.contracts.settings import ContractsSettings
from carnet.contracts.streams import CODEC
from carnet.kernel.context import Context
from carnet.kernel.service import service
from carnet.kernel.settings import load

CONTRACTS = Context(
    "contracts",
    "Contracts",
    CODEC,
    publish,
    read_models=(
        contracts.MODEL,
        rhythms.MODEL,
        offers.MODEL,
        occurrences.MODEL,
        coverage.MODEL,
        reactions.MODEL,
        runs.MODEL,
        nodes.MODEL,
        parties.MODEL,
        templates.MODEL,
    ),
    reactions=consumers.reactions,
    chores=(each_day,),
    routers=(pages.router, *api.ROUTERS),
)


def build(settings: ContractsSettings | None = None) -> FastAPI:
    """Make the service; without settings they come from the environment."""
    return service(CONTRACTS, settings or load(ContractsSettings), pages.PAGES)
