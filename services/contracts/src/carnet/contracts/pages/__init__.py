"""The pages of contracts: contracts and offers, a form to write one, what falls due, an amendment to try."""

from fastapi import APIRouter

from carnet.contracts.pages import (
    all_contracts,
    all_offers,
    all_templates,
    amending,
    decisions,
    ending,
    new_contract,
    one_contract,
    one_offer,
    services_due,
)
from carnet.contracts.pages.look import PAGES

__all__ = ["PAGES", "router"]

router = APIRouter(include_in_schema=False)
for part in (
    all_contracts.router,
    all_offers.router,
    new_contract.router,
    one_offer.router,
    one_contract.router,
    amending.router,
    ending.router,
    services_due.router,
    decisions.router,
    all_templates.router,
):
    router.include_router(part)
