"""The invoicing service: every part of it, named once."""

from fastapi import FastAPI

from carnet.invoicing import api, consumers, pages
from carnet.invoicing.billing.audit import audit
from carnet.invoicing.billing.numbering import ISSUED
from carnet.invoicing.billing.rendering import end_printers
from carnet.invoicing.consumers.ticker import each_day
from carnet.invoicing.pages.look import PAGES
from carnet.invoicing.publishing import publish
from carnet.invoicing.read_models import (
    articles,
    claims,
    contracts,
    costs,
    documents,
    items,
    journal,
    nodes,
    parties,
    places,
    runs,
    versions,
)
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import CODEC
from carnet.kernel.context import Context
from carnet.kernel.service import service
from carnet.kernel.settings import load

INVOICING = Context(
    "invoicing",
    "Billing",
    CODEC,
    publish,
    read_models=(
        documents.MODEL,
        items.MODEL,
        journal.MODEL,
        claims.MODEL,
        costs.MODEL,
        articles.MODEL,
        runs.MODEL,
        contracts.MODEL,
        parties.MODEL,
        nodes.MODEL,
        places.MODEL,
        versions.MODEL,
    ),
    reactions=consumers.reactions,
    chores=(each_day, end_printers),
    checks=(audit,),
    counted=(ISSUED,),
    routers=(*api.ROUTERS, pages.router),
)


def build(settings: InvoicingSettings | None = None) -> FastAPI:
    """Make the service; without settings they come from the environment."""
    return service(INVOICING, settings or load(InvoicingSettings), PAGES)
