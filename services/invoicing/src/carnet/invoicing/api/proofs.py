"""How a line came about (B2)."""

from uuid import UUID

from fastapi import APIRouter

from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.billing.proving import LineProof, prove
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["proofs"])


@router.get("/lines/{document_id}/{line_id:path}/proof", dependencies=[CaughtUp])
async def get_proof(document_id: UUID, line_id: str, runtime: RuntimeDep, _: Identified) -> LineProof:
    """Prove one line; fractions are exact ("numerator/denominator").

    A line's id is that of its document, a slash, and its id there: `GET /lines/{id}/proof`.
    """
    return await prove(runtime, await existing(runtime, document_id), line_id)
