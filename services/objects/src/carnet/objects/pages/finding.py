"""The object tree with search as you type (S51, S52, S90)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed, Listing, Page
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment
from carnet.objects.pages.look import PAGES, WORDS
from carnet.objects.read_models import tree
from carnet.objects.read_models.search import search

router = APIRouter()


@router.get("/", dependencies=[CaughtUp])
async def show_tree(request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, q: str = "") -> HTMLResponse:
    """Show the top of the tree and what is found; htmx gets what is found alone."""
    found = await runtime.query(lambda session: search(session, q))
    values: dict[str, Any] = {"found": found, "q": q, **WORDS}
    if is_fragment(request):
        return PAGES.render(request, "_found.html", **values)
    return PAGES.render(request, "tree.html", page=await branches(runtime, asked, None), parent="", **values)


@router.get("/pages/branches", dependencies=[CaughtUp])
async def show_branches(
    request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, parent: str = ""
) -> HTMLResponse:
    """Show what hangs right under a node: a list to be put into the tree, or a page of its own."""
    page = await branches(runtime, asked, parent or None)
    template = "_branches.html" if is_fragment(request) else "branches.html"
    way = await runtime.query(lambda session: tree.path(session, parent)) if parent else []
    return PAGES.render(request, template, page=page, parent=parent, way=way, first=not asked.after, **WORDS)


async def branches(runtime: Runtime, asked: Listing, parent_id: str | None) -> Page[tree.Branch]:
    rows = await runtime.query(lambda session: tree.children(session, parent_id, asked.after, asked.limit + 1))
    return asked.page(rows, key=tree.key)
