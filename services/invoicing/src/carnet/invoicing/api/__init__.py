"""Invoicing by HTTP: parse, authorise, send the command, answer."""

from carnet.invoicing.api import articles, books, debtors, invoices, orders, payments, previews, proofs, runs

ROUTERS = (
    articles.router,
    debtors.router,
    runs.router,
    orders.router,
    previews.router,
    invoices.router,
    payments.router,
    proofs.router,
    books.router,
)
