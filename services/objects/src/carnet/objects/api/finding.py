"""How an object is found: by walking down the tree, or by typing (S51, S52)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.objects.read_models import tree
from carnet.objects.read_models.search import Found, search

router = APIRouter(tags=["finding"])


@router.get("/tree", dependencies=[CaughtUp])
async def children(
    request: Request, response: Response, runtime: RuntimeDep, _: Identified, asked: Listed, parent: str | None = None
) -> Page[tree.Branch]:
    """Give the nodes right under a node (default: the top), by name, with the number of their children."""
    rows = await runtime.query(lambda session: tree.children(session, parent, asked.after, asked.limit + 1))
    page = asked.page(rows, key=tree.key)
    link_next(request, response, page)
    return page


@router.get("/search", dependencies=[CaughtUp])
async def find(
    runtime: RuntimeDep, _: Identified, q: str, limit: Annotated[int, Query(ge=1, le=50)] = 50
) -> list[Found]:
    """Give what is meant by some words or parts of words: of number, name, kind, site, address or customer."""
    return await runtime.query(lambda session: search(session, q, limit))
