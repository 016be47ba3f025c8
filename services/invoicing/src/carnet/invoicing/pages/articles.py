"""An article of the catalogue: what it is called, how it is counted, which tax it bears (S108)."""

import re
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.article import PublishArticle, State
from carnet.invoicing.pages import tax_rows
from carnet.invoicing.pages.look import ARTICLE_KINDS, LANGUAGES, PAGES, TAX_CODES, WORDS, Bookkeeper
from carnet.invoicing.streams import ARTICLES
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.answer import told
from carnet.kernel.web.commands import CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.problems import Unknown
from carnet.kernel.web.seen import as_seen, revision_of
from carnet.kernel.web.typed import Typed, form_of

router = APIRouter()
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ /-]{0,99}")
NO_CODE: Final = told("Begin the code with a letter or a digit; it may go on with . _ / - and spaces.")
TAKEN: Final = told("Another article has this code; take another one, or open that article to describe it anew.")
NO_NAME: Final = told("Give the article a name in one language at least.")


@router.get("/pages/article", dependencies=[CaughtUp])
async def show_article(request: Request, runtime: RuntimeDep, _: Bookkeeper, code: str = "") -> HTMLResponse:
    """Show an article of a code, or the empty form of a new one."""
    if not code:
        return form(request, Typed({"kind": "part", "tax_code": "standard"}))
    revision, state = await revision_of(runtime, ARTICLES, code), await runtime.state(ARTICLES, code)
    if state.published is None:
        raise Unknown("The article {code}", code=code)
    return form(request, Typed({**as_typed(state), "seen": str(revision)}))


@router.post("/pages/article")
async def publish(request: Request, commands: Commands, _: Bookkeeper) -> Response:
    """Put the article into the catalogue, or describe it anew; a new one takes no code that is there."""
    typed = await form_of(request)
    command = article(typed)
    if command and not typed.text("seen") and await is_another(commands.runtime, command):
        typed.errors["article"] = TAKEN
    if command is None or typed.errors:
        return form(request, typed, 422)
    try:
        refuse_unknown_codes(house(commands.runtime), [command.tax_code])
        outcome = await as_seen(commands, ARTICLES, command.article, command, typed.text("seen") or "-1")
    except Rejected as why:
        return form(request, typed, 409, str(why))
    token = commands.answer(command.article, outcome).token
    return RedirectResponse(f"/invoicing/pages/prices?article={quote(command.article)}&after={token}", 303)


async def is_another(runtime: Runtime, command: PublishArticle) -> bool:
    """Tell whether the code is another article's: the same one, sent twice, is none."""
    state = await runtime.state(ARTICLES, command.article)
    return state.published is not None and bool(ARTICLES.decider.decide(command, state))


def article(typed: Typed) -> PublishArticle | None:
    """Give the article that the form says, None with `typed.errors` where something is wrong."""
    code = typed.needed("article")
    if code and not CODE.fullmatch(code):
        typed.errors["article"] = NO_CODE
    names = {each: name for each in LANGUAGES if (name := typed.text(f"name_{each}"))}
    if not names:
        typed.errors["name_fr"] = NO_NAME
    told = {name: typed.needed(name) for name in ("unit", "tax_code")}
    kind = typed.choice("kind", ARTICLE_KINDS)
    return (
        None if typed.errors else PublishArticle.model_validate({**told, "article": code, "kind": kind, "names": names})
    )


def as_typed(state: State) -> dict[str, str]:
    """Write an article into the form."""
    published = state.published
    if published is None:
        return {}
    names = {f"name_{each}": name for each, name in published.names.items()}
    return {**published.model_dump(include={"article", "kind", "unit", "tax_code"}), **names}


def form(request: Request, typed: Typed, http_status: int = 200, refusal: str = "") -> HTMLResponse:
    codes = tax_rows.known_codes(request.app.state.settings)
    values: dict[str, Any] = {"values": typed.values, "errors": typed.errors, "refusal": refusal}
    values |= {"taxes": {code: TAX_CODES.get(code, code) for code in codes}, "codes": codes, "rows": ()}
    return PAGES.render(request, "article.html", http_status, **values, **WORDS)
