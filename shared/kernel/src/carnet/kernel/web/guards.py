"""What stands before every request: correlation, headers for the browser, no forged changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carnet.kernel.logs import CORRELATION
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.answer import answer, told
from carnet.kernel.web.body import SAFE
from carnet.kernel.web.negotiation import SESSION_COOKIE
from carnet.kernel.web.problems import broken

CORRELATION_HEADER: Final = "X-Correlation-Id"
LONGEST_CORRELATION = 100
ELSEWHERE = told("This request came from another site; send it from Carnet's pages.")
FORMS: Final = "form-action 'self' {issuer.scheme}://{issuer.netloc}"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def headers_of(settings: ServiceSettings) -> dict[str, str]:
    """Give the headers of every answer; signing out is a form that goes on to the issuer, which pages may do."""
    if settings.embedded_issuer:
        return HEADERS
    issuer = urlsplit(str(settings.issuer))
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", FORMS.format(issuer=issuer))
    https = {"Strict-Transport-Security": "max-age=31536000"} if settings.suite.startswith("https://") else {}
    return HEADERS | {"Content-Security-Policy": policy} | https


@dataclass
class Correlated:
    """Bind the correlation id, answer what nobody foresaw, and add the headers on the way out."""

    app: ASGIApp
    headers: Mapping[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation = correlation_of(Headers(scope=scope))
        token = CORRELATION.set(correlation)
        sender = Outgoing(send, correlation, self.headers)
        try:
            await self.app(scope, receive, sender)
        except Exception as error:  # the boundary of a request: logged with its traceback, answered as a problem
            response = broken(Request(scope, receive), error)
            if sender.started:
                raise
            await response(scope, receive, sender)
        finally:
            CORRELATION.reset(token)


@dataclass
class Outgoing:
    """Pass messages on; the first one gets the headers."""

    send: Send
    correlation: str
    added: Mapping[str, str]
    started: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers[CORRELATION_HEADER] = self.correlation
            for name, value in self.added.items():
                headers.setdefault(name, value)
            if headers.get("content-type") == "application/pdf":
                del headers["Content-Security-Policy"]  # a browser's viewer would lose its own scripts and styles
        await self.send(message)


def correlation_of(headers: Headers) -> str:
    """Take over the caller's correlation id where it is printable and short, else make one."""
    given = headers.get(CORRELATION_HEADER, "")
    usable = given.isascii() and given.isprintable() and 0 < len(given) <= LONGEST_CORRELATION
    return given if usable else str(uuid4())


@dataclass
class SameOrigin:
    """Refuse a change that another site makes a browser send along with our cookie."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and forged(Request(scope)):
            response = answer(Request(scope), 403, ELSEWHERE)
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def forged(request: Request) -> bool:
    """Judge by what browsers say and pages cannot fake; a bearer token is no browser's doing."""
    headers = request.headers
    if headers.get("authorization"):
        return False
    if site := headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}
    if origin := headers.get("origin"):
        return urlsplit(origin).netloc != headers.get("host")
    return SESSION_COOKIE in request.cookies
