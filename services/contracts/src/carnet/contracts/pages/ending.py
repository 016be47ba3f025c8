"""The term of a contract on its page: extended, renewed, or ended by notice or extraordinarily."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from carnet.contracts.domain.contract import Extend, Terminate
from carnet.contracts.pages.look import Seller
from carnet.contracts.pages.one_contract import shown
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.decider import Rejected
from carnet.kernel.web.commands import Commands
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter(prefix="/pages/contracts/{contract_id}")
REASON: Final = 500  # characters


@router.post("/termination")
async def end_contract(request: Request, contract_id: str, commands: Commands, _: Seller) -> Response:
    typed = await form_of(request)
    told = {"extraordinary": typed.text("extraordinary") == "yes", "reason": typed.note("reason")}
    typed.needed("last_day")
    if day := typed.day("last_day"):
        return await given(
            request, commands, contract_id, Terminate(last_day=day, recorded=commands.runtime.today(), **told), typed
        )
    return await shown(request, commands.runtime, contract_id, typed=typed, http_status=422)


@router.post("/extension")
async def extend_contract(request: Request, contract_id: str, commands: Commands, _: Seller) -> Response:
    typed = await form_of(request)
    typed.needed("new_last_day")
    if day := typed.day("new_last_day"):
        return await given(
            request, commands, contract_id, Extend(last_day=day, recorded=commands.runtime.today()), typed
        )
    return await shown(request, commands.runtime, contract_id, typed=typed, http_status=422)


async def given(
    request: Request, commands: Commands, contract_id: str, command: Terminate | Extend, typed: Typed
) -> Response:
    """Give the command; a refusal is shown at the field that it names, with all that was typed."""
    try:
        answer = await commands.send(CONTRACTS, contract_id, command)
    except Rejected as refusal:
        if not refusal.field:
            raise
        typed.errors[refusal.field] = str(refusal)
        return await shown(request, commands.runtime, contract_id, typed=typed, http_status=409)
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)
