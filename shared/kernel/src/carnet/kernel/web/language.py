"""A person's language: chosen once by cookie, else what the browser asks for; texts by gettext catalogues."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from carnet.kernel.web.negotiation import local_address
from carnet.kernel.web.problems import BadRequest

LANGUAGES: Final = {"fr": "Français", "en": "English"}
COOKIE: Final = "carnet_language"
SHARED: Final = Path(__file__).parent / "translations"
YEAR = 365 * 24 * 3600  # seconds


def language_of(request: Request) -> str:
    """Give the language to answer in: the cookie's, the browser's, the tenant's."""
    if (chosen := request.cookies.get(COOKIE)) in LANGUAGES:
        return str(chosen)
    accepted = preferred(request.headers.get("accept-language", ""))
    return negotiate_locale(accepted, LANGUAGES, sep="-") or str(request.app.state.settings.language)


def preferred(header: str) -> list[str]:
    """Read `Accept-Language`, the most wanted first."""
    ranges = [part.partition(";q=") for part in header.replace(" ", "").split(",") if part]
    return [name for _, name in sorted((-weight(q), name) for name, _, q in ranges)]


def weight(q: str) -> float:
    try:
        return float(q or 1)
    except ValueError:
        return 0.0


@cache
def texts(language: str, folder: Path | None = None) -> NullTranslations:
    """Give the texts of one language: the kernel's, and over them those of a context's `translations` folder."""
    both = NullTranslations() if language == "en" and not (SHARED / "en.po").exists() else read(SHARED, language)
    if folder is not None and (folder / f"{language}.po").exists():
        own = read(folder, language)
        own.add_fallback(both)
        return own
    return both


def read(folder: Path, language: str) -> Translations:
    """Compile a catalogue in memory; nothing compiled is kept on disk."""
    with (folder / f"{language}.po").open("rb") as source:
        compiled = BytesIO()
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language_router() -> APIRouter:
    """Serve the language switch of the pages' header."""
    router = APIRouter(include_in_schema=False)

    @router.post("/language")
    async def choose(
        request: Request, language: Annotated[str, Form()], onward: Annotated[str, Form(alias="next")] = "/"
    ) -> Response:
        if language not in LANGUAGES:
            raise BadRequest("language", "language: choose one of {languages}.", languages=", ".join(LANGUAGES))
        response = RedirectResponse(local_address(onward), 303)
        secure = request.app.state.settings.suite.startswith("https://")
        response.set_cookie(COOKIE, language, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
        return response

    return router
