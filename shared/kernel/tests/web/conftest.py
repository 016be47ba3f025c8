"""A small service, as a context would write one, and people who call it."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from carnet.kernel.decider import Rejected
from carnet.kernel.issuer import Issuer, embedded
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.port import WrongRevision
from carnet.kernel.streams import KeyReused
from carnet.kernel.web.application import create_app
from carnet.kernel.web.body import body_limit
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified, Person, require
from carnet.kernel.web.pages import Pages
from carnet.kernel.web.preconditions import IdempotencyKey, IfMatch, etag
from carnet.kernel.web.problems import Unknown

ORIGIN = "http://127.0.0.1"
LIFTS = [f"lift {n:02}" for n in range(7)]
Planner = Annotated[Person, require("planner")]

Client = Callable[..., httpx.AsyncClient]


class Wanted(BaseModel):
    quantity: int
    note: str = ""


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/lifts")
    async def order(wanted: Wanted, person: Planner, seen: IfMatch, once: IdempotencyKey) -> dict[str, Any]:
        return {"by": person.subject, "seen": seen, "key": once.key, "hash": once.body_hash} | wanted.model_dump()

    @router.post("/big")
    @body_limit(3000)
    async def big(request: Request) -> int:
        return len(await request.body())

    @router.post("/small")
    async def small(request: Request) -> int:
        return len(await request.body())

    @router.get("/lifts")
    async def lifts(request: Request, response: Response, asked: Listed) -> Page[str]:
        rows = [lift for lift in LIFTS if (lift,) > asked.after]
        page = asked.page(rows[: asked.limit + 1], lambda lift: (lift,))
        link_next(request, response, page)
        response.headers["ETag"] = etag(7)
        return page

    @router.get("/invoice.pdf")
    async def invoice() -> Response:
        return Response(b"%PDF-1.7", media_type="application/pdf")

    @router.get("/me")
    async def me(person: Identified) -> Person:
        return person

    @router.get("/fails/{how}")
    async def fails(how: str) -> None:
        raise FAILURES[how]

    return router


FAILURES: dict[str, Exception] = {
    "rejected": Rejected("Plan the order before completing it."),
    "stale": WrongRevision("order-1", 2, 3),
    "unknown": Unknown("The order <b>4711</b>"),
    "reused": KeyReused("This key was used before."),
    "percent": Rejected("Covered to 100 % & more."),
    "bug": RuntimeError("secret detail"),
}


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(data=tmp_path / "data", body_limit=1000, business_day=date(2026, 12, 31))


@pytest.fixture
def issuer(settings: ServiceSettings) -> Issuer:
    return embedded(settings)


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """The pages of a context: one template, one text of its own."""
    folder = tmp_path / "pages"
    for name, content in {
        "templates/lifts.html": '{% extends "layout.html" %}{% import "macros.html" as ui %}{% block main %}'
        "<h1>{{ _('Lifts of the house') }}</h1>{{ price|money('CHF') }} {{ day|date }}"
        "{% call ui.table(_('Objects'), ['Lift', ('Fee', 'amount')]) %}"
        "{% for lift in page['items'] %}<tr><td>{{ lift }}</td></tr>{% endfor %}{% endcall %}"
        "{{ ui.pagination(page, {'q': 'a b'}) }}{% endblock %}",
        "translations/fr.po": 'msgid "Lifts of the house"\nmsgstr "Ascenseurs de la maison"\n\n'
        'msgid "Plan the order before completing it."\nmsgstr "Planifiez d’abord l’intervention."\n',
        "static/board.js": "export {};",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return Pages("lifts", folder)


@pytest.fixture
def app(settings: ServiceSettings, pages: Pages) -> FastAPI:
    page_routes = APIRouter(include_in_schema=False)

    @page_routes.get("/")
    async def board(request: Request, _: Identified) -> HTMLResponse:
        page = Page[str](items=["<i>one</i>"], next="abc")
        return pages.render(request, "lifts.html", page=page, price=Decimal("1234.5"), day=date(2026, 4, 7))

    return create_app("lifts", "Lifts", settings, [routes(), page_routes], pages=pages)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    """Make clients: `client(token=…, cookie=…, html=True, header=value)`."""
    made: list[httpx.AsyncClient] = []

    def make(token: str = "", cookie: str = "", html: bool = False, **headers: str) -> httpx.AsyncClient:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {token}"} if token else {}
        sent |= {"Accept": "text/html"} if html else {}
        cookies = {"carnet_session": cookie} if cookie else None
        made.append(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=sent, cookies=cookies)
        )
        return made[-1]

    yield make
    for each in made:
        await each.aclose()


@pytest.fixture
def token(issuer: Issuer) -> Callable[..., str]:
    """Sign a token for somebody with roles."""

    def of(*roles: str) -> str:
        return issuer.issue(Person(subject="p-1", name="Sandra Keller", roles=frozenset(roles)))

    return of
