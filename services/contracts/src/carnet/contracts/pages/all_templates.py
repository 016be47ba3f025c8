"""The templates, each to begin an offer or a contract with."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.contracts.domain.template import RetireTemplate
from carnet.contracts.pages.look import PAGES, WORDS, Seller
from carnet.contracts.read_models import templates
from carnet.contracts.streams import TEMPLATES, template_id_of
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter()


@router.get("/pages/templates", dependencies=[CaughtUp])
async def show_templates(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    rows = await runtime.query(templates.listed)
    return PAGES.render(request, "templates.html", rows=rows, **WORDS)


@router.post("/pages/templates/retirement")
async def retire(name: Annotated[str, Form(max_length=100)], commands: Commands, _: Seller) -> RedirectResponse:
    command = RetireTemplate(recorded=commands.runtime.today())
    answer = await commands.send(TEMPLATES, template_id_of(name), command)
    return RedirectResponse(f"/contracts/pages/templates?after={answer.token}", 303)
