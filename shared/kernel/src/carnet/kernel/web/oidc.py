"""Signing in and out with an OIDC provider: code flow with PKCE; the session is the provider's ID token (ADR 17)."""

import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from carnet.kernel.logs import get_logger
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import NotRecognised, claims_of
from carnet.kernel.web.keys import KeysUnavailable
from carnet.kernel.web.negotiation import FRESH_COOKIE, SESSION_COOKIE, local_address
from carnet.kernel.web.problems import BadRequest
from carnet.kernel.web.provider import Begun, Declined, Provider, ProviderUnavailable

PATH: Final = "/sign-in"
BEGUN: Final = "carnet_begun_"  # and the state: two tabs may sign in at once
BEGUN_SECONDS: Final = 600
LARGEST: Final = 3800  # bytes of a token; browsers drop a cookie of more than 4096
AWAY = told("The provider that signs people in cannot be reached; try again in a moment.")
NOT_BEGUN = told("This sign-in was not begun in this browser, or took longer than ten minutes; sign in again.")
NOT_GIVEN = told("The provider did not sign you in; sign in again, or ask your administrator.")
NOT_OURS = told("The provider's answer does not belong to this sign-in; sign in again.")
TOO_LARGE = told("Your token is too large for a cookie; ask your administrator to put fewer claims into ID tokens.")
log = get_logger(__name__)


def router(provider: Provider) -> APIRouter:
    """Serve `/sign-in`, `/sign-in/callback`, `/sign-out` and `/signed-out`; the front asks the portal for them."""
    routes = APIRouter(include_in_schema=False)
    settings = provider.settings

    @routes.get(PATH)
    async def begin(onward: Annotated[str, Query(alias="next")] = "/") -> Response:
        begun = Begun(onward=local_address(onward))
        try:
            response = RedirectResponse(await provider.sign_in_address(begun), 303)
        except ProviderUnavailable as error:
            raise unavailable(error) from error
        keep(response, settings, f"{BEGUN}{begun.state}", begun.model_dump_json(), BEGUN_SECONDS, PATH)
        return response

    @routes.get(f"{PATH}/callback")
    async def callback(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        begun = begun_here(request, state)
        token = await redeemed(provider, code, error, begun)
        claims = await checked(request, token, begun)
        response = RedirectResponse(begun.onward, 303)
        response.delete_cookie(f"{BEGUN}{state}", PATH)
        open_session(response, settings, token, int(claims["exp"] - time.time()))
        return response

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        try:
            onward = await provider.sign_out_address(request.cookies.get(SESSION_COOKIE, ""))
        except ProviderUnavailable as error:
            log.warning("the provider's session goes on", error=str(error))
            onward = ""
        response = RedirectResponse(onward or "/signed-out", 303)
        response.delete_cookie(SESSION_COOKIE)
        response.delete_cookie(FRESH_COOKIE)
        return response

    @routes.get("/signed-out")
    async def signed_out(request: Request) -> HTMLResponse:
        page: HTMLResponse = request.app.state.pages.render(request, "signed_out.html", section="")
        return page

    return routes


def begun_here(request: Request, state: str) -> Begun:
    """Find the sign-in that this browser began; raises BadRequest for a forged or forgotten one."""
    try:
        begun = Begun.model_validate_json(request.cookies.get(f"{BEGUN}{state}", ""))
    except ValidationError:
        raise BadRequest("state", NOT_BEGUN, 400) from None
    return begun.model_copy(update={"onward": local_address(begun.onward)})


async def redeemed(provider: Provider, code: str, refused: str, begun: Begun) -> str:
    """Give the ID token for the code; what the provider said in place of one goes into the log, not into the page."""
    if refused or not code:
        raise not_given(refused)
    try:
        return await provider.redeem(code, begun)
    except Declined as error:
        raise not_given(str(error)) from error
    except ProviderUnavailable as error:
        raise unavailable(error) from error


def not_given(why: str) -> BadRequest:
    log.warning("the provider did not sign somebody in", error=why)
    return BadRequest("code", NOT_GIVEN, 403)


async def checked(request: Request, token: str, begun: Begun) -> dict[str, Any]:
    """Check the ID token as every service will, and that it answers this sign-in (OIDC Core 3.1.3.7)."""
    state = request.app.state
    client = state.settings.client_id
    try:
        claims = await claims_of(token, state.keys, state.settings, client)
    except NotRecognised as error:
        raise BadRequest("id_token", str(error), 403) from error
    except KeysUnavailable as error:
        raise unavailable(error) from error
    if claims.get("nonce") != begun.nonce or claims.get("azp", client) != client:
        raise BadRequest("id_token", NOT_OURS, 403)
    if len(token) > LARGEST:
        raise BadRequest("id_token", TOO_LARGE, 403)
    return claims


def open_session(response: Response, settings: ServiceSettings, token: str, seconds: int) -> None:
    """Keep the session as long as its token is good; when half of that is over, the next page fetches another."""
    keep(response, settings, SESSION_COOKIE, token, seconds)
    keep(response, settings, FRESH_COOKIE, "1", seconds // 2)


def keep(response: Response, settings: ServiceSettings, name: str, value: str, seconds: int, path: str = "/") -> None:
    secure = settings.suite.startswith("https://")
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def unavailable(error: Exception) -> HTTPException:
    log.warning("nobody can sign in", error=str(error))
    return HTTPException(503, AWAY, {"Retry-After": "5"})
