"""The pages of invoicing: documents, what is owed, the billing run, and the price list."""

from fastapi import APIRouter

from carnet.invoicing.pages import amendments, debts, documents, giving_back, prices, runs

router = APIRouter(include_in_schema=False)
for part in (documents.router, giving_back.router, debts.router, runs.router, prices.router, amendments.router):
    router.include_router(part)
