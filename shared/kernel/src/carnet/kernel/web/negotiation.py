"""Who is asking: a person with a browser, htmx inside a page, or a program; and where to go next."""

from urllib.parse import quote, urlsplit

from fastapi import Request

SESSION_COOKIE = "carnet_session"
FRESH_COOKIE = "carnet_fresh"  # leaves before the session does: time for another one


def is_fragment(request: Request) -> bool:
    """Say whether htmx asks for a part of a page; a boosted link asks for a whole one."""
    return request.headers.get("hx-request") == "true" and "hx-boosted" not in request.headers


def wants_page(request: Request) -> bool:
    """Say whether the answer goes in front of a person."""
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def page_at_hand(request: Request) -> str:
    """Give the address of the page that a person is on: path and query, on this site."""
    if request.method == "GET" and not is_fragment(request):
        return local_address(str(request.url.replace(scheme="", netloc="")))
    return local_address(request.headers.get("hx-current-url") or request.headers.get("referer") or "/")


def local_address(address: str) -> str:
    """Keep path and query of an address, so that a redirect never leaves this site."""
    parts = urlsplit(address)
    path = "/" + parts.path.replace("\\", "/").lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


def sign_in_address(request: Request) -> str:
    return f"/sign-in?next={quote(page_at_hand(request), safe='/')}"
