"""The operator's page of a service: how far everything is, what is held back, and what can be done about it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.kernel.web import ops, status
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.ops import Admin
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.problems import BadRequest

router = APIRouter(prefix="/ops", include_in_schema=False)


@router.get("/")
async def overview(
    request: Request, runtime: RuntimeDep, person: Identified, *, advanced: bool = False
) -> HTMLResponse:
    """Show the status to everybody, what is held back and the levers to an admin; then what a new day brings."""
    pages: Pages = request.app.state.pages
    admin = person.may("admin")
    return pages.render(
        request,
        "ops.html",
        section="operations",
        status=await status.status(runtime, person),
        models=[projector.name for projector in runtime.projectors],
        dead=await ops.dead_letters(runtime, person) if admin else [],
        waiting=await ops.waiting(runtime, person) if admin else [],
        incidents=await ops.parked(runtime, person) if admin else [],
        contexts=("objects", "contracts", "dispatch", "invoicing", "notifications"),
        admin=admin,
        advanced=advanced,
    )


@router.post("/pages/dead-letters/{action}")
async def decide_dead_letter(
    action: str, which: Annotated[ops.HeldAddress, Form()], runtime: RuntimeDep, person: Admin
) -> RedirectResponse:
    decisions = {"replay": ops.replay, "skip": ops.skip}
    if action not in decisions:
        raise BadRequest("action", "action: replay or skip a dead letter.")
    await decisions[action](which, runtime, person)
    return back(runtime)


@router.post("/pages/rebuild")
async def rebuild(model: Annotated[str, Form()], runtime: RuntimeDep, person: Admin) -> RedirectResponse:
    await ops.rebuild(model, runtime, person)
    return back(runtime)


@router.post("/pages/relay")
async def relay(action: Annotated[str, Form()], runtime: RuntimeDep, person: Admin) -> RedirectResponse:
    await ops.relay(action, runtime, person)
    return back(runtime)


@router.post("/pages/day")
async def set_day(day: Annotated[date, Form()], runtime: RuntimeDep, person: Admin) -> RedirectResponse:
    await ops.set_day(ops.Day(day=day), runtime, person)
    return back(runtime, "?advanced=true")


def back(runtime: RuntimeDep, query: str = "") -> RedirectResponse:
    return RedirectResponse(f"/{runtime.context.name}/ops/{query}", 303)
