"""The ledger of some days, computed from the documents that were issued."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from carnet.invoicing.billing.entries import Day
from carnet.invoicing.read_models import document_queries
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["books"])
NAMES = {"fee": "fees"}  # the ledger's word for a kind of line, where it is another


class Account(BaseModel):
    """One currency; credit notes count as negative, voided documents not at all."""

    documents: int = 0
    net: Decimal = Decimal("0.00")
    by_kind: dict[str, Decimal]
    vat: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal("0.00")
    total: Decimal = Decimal("0.00")


@router.get("/ledger", dependencies=[CaughtUp])
async def ledger(
    first_day: Annotated[Day, Query(alias="from")],
    last_day: Annotated[Day, Query(alias="to")],
    runtime: RuntimeDep,
    _: Identified,
) -> dict[str, Account]:
    """Give net by kind, VAT, rounding and total of the documents issued on some days, by currency."""
    rows = await runtime.query(lambda session: document_queries.issued_between(session, first_day, last_day))
    accounts: dict[str, Account] = {}
    for row in rows:
        post(accounts.setdefault(row.currency, Account(by_kind={})), row)
    return accounts


def post(account: Account, row: DocumentRow) -> None:
    """Add a document to its account; its total is what is payable."""
    document = row.whole.document
    sign = -1 if document.kind == "credit_note" else 1
    for line in document.lines:
        name = NAMES.get(line.kind, line.kind)
        account.by_kind[name] = account.by_kind.get(name, Decimal("0.00")) + sign * line.net
    foot = document.totals
    account.documents += 1
    account.net += sign * foot.net
    account.vat += sign * sum(foot.vat.values(), Decimal(0))
    account.rounding += sign * foot.rounding
    account.total += sign * foot.payable
