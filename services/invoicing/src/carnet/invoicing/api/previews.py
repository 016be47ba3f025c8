"""What an amendment would cost before it is signed (B6)."""

from fastapi import APIRouter

from carnet.events.contracts import ContractVersion
from carnet.invoicing.api.bodies import Body
from carnet.invoicing.billing.amendment_cost import AmendmentPreview, preview_of
from carnet.invoicing.billing.entries import Day
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["previews"])


class Proposed(Body):
    """A whole version as contracts publishes it, and the day on which it would be billed (the business day)."""

    terms: ContractVersion
    date: Day | None = None


@router.post("/contracts/{contract_id}/preview")
async def preview_amendment(contract_id: str, body: Proposed, runtime: RuntimeDep, _: Identified) -> AmendmentPreview:
    """Work out a proposed version with the decisions that will bill it; nothing is written."""
    return await preview_of(runtime, contract_id, body.terms, body.date or runtime.today())
