"""Invoicing by HTTP: parse, authorise, send the command, answer."""

from carnet.invoicing.api import (
    articles,
    costs,
    debtors,
    deferrals,
    goodwill,
    invoices,
    journal,
    ledger,
    orders,
    payments,
    places,
    previews,
    proofs,
    runs,
    work_runs,
)

ROUTERS = (
    articles.router,
    debtors.router,
    places.router,
    runs.router,
    work_runs.router,
    orders.router,
    costs.router,
    previews.router,
    invoices.router,
    goodwill.router,
    payments.router,
    proofs.router,
    ledger.router,
    deferrals.router,
    journal.router,
)
