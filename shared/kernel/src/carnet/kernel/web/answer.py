"""A problem (RFC 9457) as it is answered: JSON for a program, a page or a notice in a page for a person."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, SkipValidation

from carnet.kernel.logs import CORRELATION
from carnet.kernel.web.negotiation import is_fragment, sign_in_address, wants_page

Said: TypeAlias = Annotated[str, SkipValidation]  # a Sentence stays one, for the pages
PROBLEM: Final = "carnet.problem"  # in a request's scope: the status of its problem, for who measures
INTO_NOTICE = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}


def told(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return sentence


TITLES: Mapping[int, str] = {
    400: told("Cannot be read"),
    401: told("Sign in first"),
    403: told("Not allowed"),
    404: told("Unknown"),
    405: told("Not done this way"),
    413: told("Too large"),
    415: told("No files"),
    422: told("A field is wrong"),
    429: told("Too many requests"),
    503: told("Not available now"),
}


class FieldError(BaseModel):
    """What is wrong with one field of a request; `field` is its path, as `lines.0.quantity`."""

    field: str
    message: Said


class Problem(BaseModel):
    """A problem as it is answered (RFC 9457); `detail` is a sentence that says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: Said
    instance: str = ""
    correlation: str = ""
    errors: list[FieldError] = []


def answer(
    request: Request,
    status: int,
    sentence: str,
    *,
    title: str | None = None,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Give the problem as JSON, or as an error page where a person is looking at it."""
    request.scope[PROBLEM] = status
    problem = Problem(
        title=title or TITLES.get(status, told("Failed")),
        status=status,
        detail=sentence,
        instance=request.url.path,
        correlation=CORRELATION.get(),
        errors=errors or [],
    )
    if wants_page(request):
        return as_page(request, problem, headers)
    content = problem.model_dump(exclude_defaults=True) | {"type": problem.type}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def as_page(request: Request, problem: Problem, headers: Mapping[str, str] | None) -> Response:
    if problem.status == 401:
        return to_sign_in(request, sign_in_address(request))
    inside = "hx-request" in request.headers  # a boosted form too: what was filled in stays
    template, aim = ("notice.html", INTO_NOTICE) if inside else ("error.html", {})
    response: Response = request.app.state.pages.render(request, template, problem.status, problem=problem)
    response.headers.update({**(headers or {}), **aim})
    return response


def to_sign_in(request: Request, address: str) -> Response:
    """Send a person to sign in: a redirect, and a header that htmx obeys inside a page."""
    if is_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return Response(status_code=303, headers={"Location": address})
