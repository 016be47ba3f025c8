"""What an amendment would cost, for the page of contracts that shows it before it is signed (B6)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from carnet.events.contracts import ContractVersion
from carnet.invoicing.billing.amendment_cost import preview_of
from carnet.invoicing.pages.look import PAGES
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment
from carnet.kernel.web.problems import BadRequest

router = APIRouter()


@router.post("/pages/contracts/{contract_id}/preview")
async def show_cost(
    request: Request, contract_id: str, terms: Annotated[str, Form()], runtime: RuntimeDep, _: Identified
) -> HTMLResponse:
    """Show the supplement or credit of a proposed version and the regular bill after it; nothing is written."""
    cost = await preview_of(runtime, contract_id, version_of(terms), runtime.today())
    template = "_amendment.html" if is_fragment(request) else "amendment.html"
    return PAGES.render(request, template, cost=cost)


def version_of(terms: str) -> ContractVersion:
    try:
        return ContractVersion.model_validate_json(terms)
    except ValidationError as error:
        raise BadRequest("terms", "Try the amendment on the page of its contract.") from error
