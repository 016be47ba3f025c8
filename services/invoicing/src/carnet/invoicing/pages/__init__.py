"""The pages of invoicing: documents, what is owed, and the billing run."""

from fastapi import APIRouter

from carnet.invoicing.pages import debts, documents, runs

router = APIRouter(include_in_schema=False)
router.include_router(documents.router)
router.include_router(debts.router)
router.include_router(runs.router)
