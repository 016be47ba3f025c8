"""Signing in through the embedded issuer: choose a role, get a session cookie; development only."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from carnet.kernel.issuer import SESSION, Issuer
from carnet.kernel.settings import is_loopback
from carnet.kernel.web.identity import ROLES, Person
from carnet.kernel.web.negotiation import SESSION_COOKIE, local_address
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.problems import BadRequest

CHOICES: Final = ("planner", "technician", "bookkeeper", "admin", "viewer")


def router(issuer: Issuer) -> APIRouter:
    """Serve `/sign-in`, `/sign-out` and the issuer's keys; every app with the embedded issuer has it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/sign-in")
    async def choose(request: Request, onward: Annotated[str, Query(alias="next")] = "/") -> HTMLResponse:
        pages: Pages = request.app.state.pages
        return pages.render(request, "sign_in.html", section="", choices=CHOICES, onward=local_address(onward))

    @routes.post("/sign-in")
    async def sign_in(
        request: Request, role: Annotated[str, Form()], onward: Annotated[str, Form(alias="next")] = "/"
    ) -> Response:
        refuse_strangers(request)
        response = RedirectResponse(local_address(onward), 303)
        set_session(request, response, issuer.issue(somebody(role)))
        return response

    @routes.post("/sign-out")
    async def sign_out() -> Response:
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    @routes.get("/.well-known/jwks.json")
    async def keys() -> dict[str, object]:
        return issuer.jwks()

    return routes


def somebody(role: str) -> Person:
    """Give the person who stands for a role; 422 for a role that there is not."""
    if role not in ROLES:
        raise BadRequest("role", "role: choose one of {roles}.", roles=", ".join(CHOICES))
    return Person(subject=role, name=role.capitalize(), roles=frozenset({role}))


def refuse_strangers(request: Request) -> None:
    """Keep a foreign site out whose name was pointed at this machine (DNS rebinding)."""
    if not is_loopback(request.url.hostname or ""):
        raise BadRequest("Host", "The embedded issuer signs in on this machine's own address only.", 403)


def set_session(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
