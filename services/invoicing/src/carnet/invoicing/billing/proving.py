"""How a line came about, from the claim that made it (B2)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.domain.document import DocumentLine
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.streams import ACCOUNTS, BILLABLES
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import Unknown


class LineProof(BaseModel):
    """A fee: the contract version, its period and segments with their days, the exact fraction, what was billed.

    Work: the item's quantity and price, the list that it comes from, who bears which share of it, and the coverage that
    was decided.
    """

    kind: Literal["fee", "work"]
    line: DocumentLine
    proof: dict[str, Any]


async def prove(runtime: Runtime, row: DocumentRow, line_id: str) -> LineProof:
    """Prove one line of a document; raises Unknown where it has no such line."""
    line = next((each for each in row.whole.document.lines if each.line_id == line_id), None)
    if line is None:
        raise Unknown(f"The line {line_id}")
    if line.contract_id:
        return LineProof(kind="fee", line=line, proof=await fee_proof(runtime, UUID(row.document_id), line))
    return LineProof(kind="work", line=line, proof=await work_proof(runtime, line))


async def fee_proof(runtime: Runtime, document_id: UUID, line: DocumentLine) -> dict[str, Any]:
    claim = (await runtime.state(ACCOUNTS, line.contract_id)).claims[document_id]
    of_claim = next(each for each in claim.document.lines if each.line_id == line.line_id)
    return of_claim.model_dump(mode="json", include={"period", "rate_since", "vat_rate", "proof", "corrects"})


async def work_proof(runtime: Runtime, line: DocumentLine) -> dict[str, Any]:
    known = (await runtime.state(BILLABLES, line.order_id)).known
    figures = {"quantity", "unit_price", "list_amount", "borne_by", "borne_share", "net", "vat_rate", "first_day"}
    figures |= {"tax_code", "price_list"}
    coverage = known.coverage.model_dump(mode="json") if known.coverage else None
    return {**line.model_dump(mode="json", include=figures), "coverage": coverage}
