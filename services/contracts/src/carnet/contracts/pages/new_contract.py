"""A form in which a person writes an offer, or a contract that is signed already (S66)."""

from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from carnet.contracts.domain.contract import Sign
from carnet.contracts.domain.offer import MakeOffer
from carnet.contracts.domain.template import KeepTemplate
from carnet.contracts.domain.template_use import made_of, pattern_of, terms_from
from carnet.contracts.domain.terms import Parties, Terms
from carnet.contracts.pages.contract_form import ContractForm
from carnet.contracts.pages.contract_typed import as_typed
from carnet.contracts.pages.look import PAGES, WORDS, Seller
from carnet.contracts.pages.rows import rows_of, with_more
from carnet.contracts.read_models import nodes, offers, parties
from carnet.contracts.streams import CONTRACTS, TEMPLATES, contract_id_of, template_id_of
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter(prefix="/pages")
STANDS: Final = timedelta(days=30)  # what the form proposes for how long an offer stands
NOBODY: Final = {"number": "", "debtor": "", "object_0": ""}  # what a template does not say
SHORTEST: Final = 2  # letters before a search begins


@router.get("/offers/new", dependencies=[CaughtUp])
async def show_form(
    request: Request, runtime: RuntimeDep, _: Seller, offer: str = "", template: str = "", start: date | None = None
) -> HTMLResponse:
    """Show the form: empty, with what was offered before, or with a template that begins on a day."""
    until = {"valid_until": str(runtime.today() + STANDS)}
    if template and (kept := await runtime.state(TEMPLATES, template_id_of(template))):
        given = terms_from(kept, "-", Parties(debtor_id="-"), start or runtime.today(), ["-"])
        return form(request, Typed({**as_typed(given), **until, **NOBODY}))
    row = await runtime.query(lambda session: offers.one(session, offer)) if offer else None
    typed = {**as_typed(offers.terms_of(row)), "valid_until": str(row.valid_until)} if row else until
    return form(request, Typed(typed))


@router.post("/offers/new")
async def take_form(request: Request, commands: Commands, _: Seller) -> Response:
    """Offer, or sign at once; `do=more <count>` gives another row of a kind."""
    typed = await form_of(request)
    sent = typed.values
    if more := with_more(sent):
        return form(request, Typed(more))
    if sent.get("do") == "template":
        return await kept_as_template(request, commands, typed)
    written = ContractForm(typed, await ids_of(commands.runtime, typed))
    terms, valid_until = written.terms(), typed.day("valid_until")
    if sent.get("do") != "sign" and valid_until is None:
        typed.needed("valid_until")
    if typed.errors:
        return form(request, typed, http_status=422)
    if used := await commands.runtime.state(TEMPLATES, template_id_of(sent.get("template", ""))):
        terms = made_of(terms, used)
    return await given(request, commands, written, terms, None if sent.get("do") == "sign" else valid_until)


async def kept_as_template(request: Request, commands: Commands, typed: Typed) -> Response:
    """Keep what the form says, without number, customer and objects, under a name."""
    name, terms = typed.needed("template_name"), ContractForm(typed, {}, bare=True).terms()
    if typed.errors:
        return form(request, typed, http_status=422)
    command = KeepTemplate(name=name, pattern=pattern_of(terms), recorded=commands.runtime.today())
    answer = await commands.send(TEMPLATES, template_id_of(name), command)
    return RedirectResponse(f"/contracts/pages/templates?after={answer.token}", 303)


async def given(
    request: Request, commands: Commands, written: ContractForm, terms: Terms, valid_until: date | None
) -> Response:
    """Give the command; a refusal is shown in the form, at the field that it names, with all that was typed."""
    contract_id, recorded = contract_id_of(terms.contract_number), commands.runtime.today()
    told = {"contract_id": contract_id, "terms": terms, "recorded": recorded}
    command = MakeOffer(**told, valid_until=valid_until) if valid_until else Sign(**told)
    try:
        answer = await commands.send(CONTRACTS, contract_id, command)
    except Rejected as refusal:
        return refused(request, written, refusal)
    kind = "offers" if valid_until else "contracts"
    return RedirectResponse(f"/contracts/pages/{kind}/{contract_id}?after={answer.token}", 303)


def refused(request: Request, written: ContractForm, refusal: Rejected) -> HTMLResponse:
    typed = written.typed
    if field := written.field_of(refusal.field):
        typed.errors[field] = str(refusal)
    return form(request, typed, http_status=409, refusal="" if field else str(refusal))


@router.get("/parties")
async def suggest_parties(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    """Suggest customers for the words in a field, whatever the field is called."""
    return await suggested(request, runtime, parties)


@router.get("/objects")
async def suggest_objects(request: Request, runtime: RuntimeDep, _: Identified) -> HTMLResponse:
    return await suggested(request, runtime, nodes)


async def suggested(request: Request, runtime: Runtime, among: Any) -> HTMLResponse:
    words = next(iter(request.query_params.values()), "").strip()
    found = await runtime.query(lambda session: among.matching(session, words)) if len(words) >= SHORTEST else ()
    return PAGES.render(request, "_suggestions.html", found=found)


async def ids_of(runtime: Runtime, typed: Typed) -> dict[str, list[str]]:
    """Find whom and what the fields name."""

    def found(session: Session) -> dict[str, list[str]]:
        people = {name: typed.text(name) for name in ("debtor", "contact")}
        objects = {name: typed.text(name) for name in (f"object_{n}" for n in rows_of(typed, "rows"))}
        return {
            **{
                name: [row.party_id for row in parties.matching(session, words)]
                for name, words in people.items()
                if words
            },
            **{
                name: [row.node_id for row in nodes.matching(session, words)]
                for name, words in objects.items()
                if words
            },
        }

    return await runtime.query(found)


def form(request: Request, typed: Typed, http_status: int = 200, refusal: str = "") -> HTMLResponse:
    values = {"rows": str(len(rows_of(typed, "rows"))), **typed.values}
    return PAGES.render(
        request,
        "new_contract.html",
        http_status=http_status,
        values=values,
        errors=typed.errors,
        rows_of=lambda counted, least=1: rows_of(typed, counted, least),
        refusal=refusal,
        live=False,
        **WORDS,
    )
