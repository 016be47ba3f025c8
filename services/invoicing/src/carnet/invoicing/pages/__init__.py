"""The pages of invoicing: documents, what is owed, the billing run, and the price list."""

from fastapi import APIRouter

from carnet.invoicing.pages import amendments, books, debts, documents, giving_back, prices, runs

router = APIRouter(include_in_schema=False)
ROUTERS = (
    documents.router,
    giving_back.router,
    debts.router,
    runs.router,
    prices.router,
    amendments.router,
    books.router,
)
for part in ROUTERS:
    router.include_router(part)
