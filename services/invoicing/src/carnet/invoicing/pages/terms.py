"""A debtor's terms: when its work is billed, how the bill reaches it, what it bears, when it is reminded."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from carnet.invoicing.billing.letterhead import house, terms_of
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.debtor import SetDebtorTerms
from carnet.invoicing.pages import tax_rows
from carnet.invoicing.pages.look import PAGES, WORDS, Bookkeeper
from carnet.invoicing.pages.terms_form import TermsForm, as_typed, fees_of
from carnet.invoicing.read_models import parties
from carnet.invoicing.streams import DEBTORS
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.seen import as_seen, revision_of
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter(prefix="/pages/debtors/{party_id}/terms")


@router.get("", dependencies=[CaughtUp])
async def show_terms(request: Request, party_id: str, runtime: RuntimeDep, _: Bookkeeper) -> HTMLResponse:
    revision = await revision_of(runtime, DEBTORS, party_id)
    typed = as_typed(await terms_of(runtime, party_id))
    return await form(request, runtime, party_id, Typed({**typed, "seen": str(revision)}))


@router.post("")
async def set_terms(request: Request, party_id: str, commands: Commands, _: Bookkeeper) -> Response:
    """Set the terms, whole."""
    typed = await form_of(request)
    terms = TermsForm(typed).terms()
    if typed.errors:
        return await form(request, commands.runtime, party_id, typed, 422)
    try:
        refuse_unknown_codes(house(commands.runtime), (each.code for each in terms.tax_codes))
        command = SetDebtorTerms(debtor_id=party_id, terms=terms)
        outcome = await as_seen(commands, DEBTORS, party_id, command, typed.text("seen"))
    except Rejected as why:
        return await form(request, commands.runtime, party_id, typed, 409, str(why))
    token = commands.answer(party_id, outcome).token
    return RedirectResponse(f"/invoicing/pages/debtors/{party_id}?after={token}", 303)


async def form(  # what is shown of a form that was refused
    request: Request, runtime: Runtime, party_id: str, typed: Typed, http_status: int = 200, refusal: str = ""
) -> HTMLResponse:
    party = await runtime.query(lambda session: parties.one(session, party_id))
    if party is None:
        raise Unknown("The debtor {id}", id=party_id)
    own = house(runtime)
    values: dict[str, Any] = {"party": party, "house": own, "codes": tax_rows.known_codes(own), "refusal": refusal}
    values |= {"values": typed.values, "errors": typed.errors, "rows": tax_rows.rows_of(typed), "fees": fees_of(typed)}
    return PAGES.render(request, "terms.html", http_status, **values, **WORDS)
