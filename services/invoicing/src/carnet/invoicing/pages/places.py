"""Tax codes: their rates, and the sites and objects that have codes of their own (R3)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.place import TaxPlace
from carnet.invoicing.domain.tax import UNTAXED
from carnet.invoicing.pages import tax_rows
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.read_models import nodes, places
from carnet.invoicing.streams import PLACES
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.seen import as_seen, revision_of
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter()
MOST = 50  # places that a search gives


@router.get("/pages/taxes", dependencies=[CaughtUp])
async def show_taxes(request: Request, runtime: RuntimeDep, _: Identified, q: str = "") -> HTMLResponse:
    """Show the rates of all codes, the places with codes of their own, and those that are looked for."""
    words = q.strip()
    found = await runtime.query(lambda session: nodes.matching(session, words, MOST)) if words else ()
    taxed = await runtime.query(places.taxed)
    names = await runtime.query(lambda session: nodes.names(session, taxed))
    rates = house(runtime).rates
    ordered = {code: rates[code] for code in tax_rows.known_codes(house(runtime)) if code in rates}
    shown: dict[str, Any] = {"rates": ordered, "untaxed": UNTAXED, "taxed": taxed}
    return PAGES.render(request, "taxes.html", found=found, names=names, q=words, **shown, **WORDS)


@router.get("/pages/places/{place_id}", dependencies=[CaughtUp])
async def show_place(request: Request, place_id: str, runtime: RuntimeDep, _: Bookkeeper) -> HTMLResponse:
    revision = await revision_of(runtime, PLACES, place_id)
    codes = await runtime.state(PLACES, place_id)
    return await form(request, runtime, place_id, Typed({**tax_rows.as_typed(codes), "seen": str(revision)}))


@router.post("/pages/places/{place_id}")
async def tax_place(request: Request, place_id: str, commands: Commands, _: Bookkeeper) -> Response:
    """Set the codes of a place, whole."""
    typed = await form_of(request)
    codes = tax_rows.tax_codes(typed)
    if typed.errors:
        return await form(request, commands.runtime, place_id, typed, 422)
    try:
        refuse_unknown_codes(house(commands.runtime), (each.code for each in codes))
        command = TaxPlace(place_id=place_id, tax_codes=codes)
        outcome = await as_seen(commands, PLACES, place_id, command, typed.text("seen"))
    except Rejected as why:
        return await form(request, commands.runtime, place_id, typed, 409, str(why))
    token = commands.answer(place_id, outcome).token
    return RedirectResponse(f"/invoicing/pages/taxes?after={token}", 303)


async def form(  # what is shown of a form that was refused
    request: Request, runtime: Runtime, place_id: str, typed: Typed, http_status: int = 200, refusal: str = ""
) -> HTMLResponse:
    way = await runtime.query(lambda session: way_to(session, place_id))
    if not way:
        raise Unknown("The place {id}", id=place_id)
    above = await runtime.query(lambda session: places.tax_codes(session, [node.node_id for node in way[1:2]]))
    codes = tax_rows.known_codes(house(runtime))
    values: dict[str, Any] = {"place": way[0], "above": next(iter(above.values()), ()), "codes": codes}
    values |= {"values": typed.values, "errors": typed.errors, "rows": tax_rows.rows_of(typed), "refusal": refusal}
    return PAGES.render(request, "place.html", http_status, **values, **WORDS)


def way_to(session: Session, place_id: str) -> list[nodes.NodeRow]:
    """Give a place that is known and those above it, none where it is not."""
    way = list(nodes.upwards(session, place_id))
    return way if way and way[0].known else []
