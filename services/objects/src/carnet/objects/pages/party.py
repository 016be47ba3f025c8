"""The parties: a list with search, and one with its post."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from carnet.kernel.web.commands import CaughtUp, RuntimeDep
from carnet.kernel.web.cursor import Listed
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.negotiation import is_fragment
from carnet.kernel.web.problems import Unknown
from carnet.objects.pages.look import PAGES, WORDS
from carnet.objects.read_models import parties, tree
from carnet.objects.read_models.parties import Party
from carnet.objects.read_models.search import place_of

router = APIRouter(prefix="/pages/parties")


@router.get("", dependencies=[CaughtUp])
async def show_parties(
    request: Request, runtime: RuntimeDep, _: Identified, asked: Listed, q: str = ""
) -> HTMLResponse:
    rows = await runtime.query(lambda session: parties.listed(session, q, asked.after, asked.limit + 1))
    page = asked.page(rows, key=lambda row: (row.number,))
    template = "_parties.html" if is_fragment(request) else "parties.html"
    return PAGES.render(request, template, page=page, q=q, first=not asked.after, place_of=place_of)


@router.get("/{identity}", dependencies=[CaughtUp])
async def show_party(request: Request, identity: str, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    """Show a party and the nodes that it pays for or owns."""
    if (party := await runtime.query(lambda session: session.get(Party, identity))) is None:
        raise Unknown("The party {id}", id=identity)
    nodes = await runtime.query(lambda session: tree.of_party(session, identity))
    return PAGES.render(request, "party.html", party=party, nodes=nodes, place=place_of(party.address), **WORDS)
