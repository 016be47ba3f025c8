"""The pages of invoicing: documents, what is owed, the billing run, orders, prices, costs and books."""

from fastapi import APIRouter

from carnet.invoicing.pages import (
    amendments,
    articles,
    books,
    costs,
    debtors,
    debts,
    documents,
    giving_back,
    holding,
    orders,
    places,
    prices,
    runs,
    terms,
)

router = APIRouter(include_in_schema=False)
ROUTERS = (
    documents.router,
    giving_back.router,
    debtors.router,
    terms.router,
    debts.router,
    holding.router,
    runs.router,
    prices.router,
    articles.router,
    places.router,
    costs.router,
    orders.router,
    amendments.router,
    books.router,
)
for part in ROUTERS:
    router.include_router(part)
