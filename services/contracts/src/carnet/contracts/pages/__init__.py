"""The pages of contracts: the list, what falls due, and one contract with an amendment to try."""

from fastapi import APIRouter

from carnet.contracts.pages import all_contracts, one_contract, services_due
from carnet.contracts.pages.look import PAGES

__all__ = ["PAGES", "router"]

router = APIRouter(include_in_schema=False)
for part in (all_contracts.router, one_contract.router, services_due.router):
    router.include_router(part)
