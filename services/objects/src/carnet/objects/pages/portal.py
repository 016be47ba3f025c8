"""The portal: where work begins, and what happened last."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.objects.pages.look import PAGES, WORDS
from carnet.objects.read_models import history, invoice_lines, orders, tasks, tree
from carnet.objects.read_models.nodes import Node

router = APIRouter(include_in_schema=False)
MOST: Final = 8  # rows of each list on the first page
TELLING: Final = (
    "ContractSigned",
    "ContractAmended",
    "ContractTerminated",
    "LeadRaised",
    "ObjectRetired",
    "OrderCompleted",
    "OrderCancelled",
    "TaskRaised",
)


@dataclass(frozen=True)
class Portal:
    """What the first page shows; `about` are the nodes that it names, by id."""

    tasks: list[tasks.Task]
    orders: list[orders.Order]
    documents: list[invoice_lines.Billed]
    happenings: list[history.Entry]
    about: dict[str, Node]


@router.get("/", dependencies=[CaughtUp])
async def show_portal(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    shown = await runtime.query(portal)
    return PAGES.render(request, "portal.html", section="portal", ahead=MOST, **vars(shown), **WORDS)


def portal(session: Session) -> Portal:
    rows: dict[str, Any] = {
        "tasks": tasks.listed(session, None, (), MOST, pending=True),
        "orders": orders.unfinished(session, MOST),
        "happenings": history.latest(session, TELLING, MOST),
    }
    named = {row.object_id for found in rows.values() for row in found}
    documents = invoice_lines.newest_documents(session, MOST)
    return Portal(**rows, documents=documents, about=tree.by_ids(session, list(named)))
