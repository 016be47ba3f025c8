"""One offer: what it says, and the buttons that sign or close it (S66)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from carnet.contracts.domain.contract import SignOffer
from carnet.contracts.domain.cycles import add_months
from carnet.contracts.domain.offer import CloseOffer
from carnet.contracts.domain.preview import work
from carnet.contracts.domain.terms import Terms, Version
from carnet.contracts.domain.visits import Visit, promised
from carnet.contracts.pages.look import PAGES, WORDS, Seller
from carnet.contracts.read_models import contracts, nodes, offers, parties
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.problems import Unknown

router = APIRouter(prefix="/pages/offers/{contract_id}")


@router.get("", dependencies=[CaughtUp])
async def show_offer(request: Request, contract_id: str, runtime: RuntimeDep, _: Identified) -> Response:
    """Show an offer; one that was signed is a contract now."""
    values = await runtime.query(lambda session: sheet(session, contract_id))
    if values is None:
        return await signed(runtime, contract_id)
    return PAGES.render(request, "offer.html", **values, **WORDS)


async def signed(runtime: RuntimeDep, contract_id: str) -> Response:
    if await runtime.query(lambda session: contracts.one(session, contract_id)) is None:
        raise Unknown("The offer {id}", id=contract_id)
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}", 303)


def sheet(session: Any, contract_id: str) -> dict[str, Any] | None:
    if (row := offers.one(session, contract_id)) is None:
        return None
    terms = offers.terms_of(row)
    people = [each for each in (terms.parties.debtor_id, terms.parties.contact_id) if each]
    visits = first_visits(row.contract_id, terms)
    objects = [position.object_id for position in terms.positions]
    return {
        "row": row,
        "terms": terms,
        "parties": parties.names(session, people),
        "names": nodes.names(session, objects),
        "visits": visits,
        "work": work(visits),
    }


def first_visits(contract_id: str, terms: Terms) -> Sequence[Visit]:
    """Give the visits of the first twelve months, were it signed as it stands."""
    version = Version(contract_id=contract_id, number=1, valid_from=terms.start, recorded=terms.start, terms=terms)
    return promised(version, terms.start, add_months(terms.start, 12) - timedelta(days=1))


@router.post("/signature")
async def sign(contract_id: str, commands: Commands, _: Seller) -> RedirectResponse:
    answer = await commands.send(CONTRACTS, contract_id, SignOffer(recorded=commands.runtime.today()))
    return RedirectResponse(f"/contracts/pages/contracts/{contract_id}?after={answer.token}", 303)


@router.post("/closing")
async def close(
    contract_id: str,
    commands: Commands,
    _: Seller,
    outcome: Annotated[Literal["declined", "withdrawn"], Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    command = CloseOffer(outcome=outcome, reason=reason, recorded=commands.runtime.today())
    answer = await commands.send(CONTRACTS, contract_id, command)
    return RedirectResponse(f"/contracts/pages/offers/{contract_id}?after={answer.token}", 303)
