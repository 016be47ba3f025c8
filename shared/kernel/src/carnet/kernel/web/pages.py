"""Pages: Jinja2 templates with the person's language, the business day, and one look for all contexts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.support import NullTranslations
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from carnet.kernel.web.language import LANGUAGES, language_of, texts
from carnet.kernel.web.negotiation import is_fragment, page_at_hand
from carnet.kernel.web.sentences import speaker
from carnet.kernel.web.static import Static

TEMPLATES: Final = Path(__file__).parent / "templates"
SWISS: Final = {"fr": "fr_CH", "en": "en_CH", "de": "de_CH"}


@dataclass
class Pages:
    """A context's pages. `folder` is its `pages` package: `templates/`, `translations/`, the built `static/`."""

    context: str
    folder: Path | None = None
    static: Static = field(init=False)
    environments: dict[str, Environment] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.static = Static(self.context, self.folder / "static" if self.folder else None)

    def render(self, request: Request, template: str, http_status: int = 200, **values: Any) -> HTMLResponse:
        """Render a template of the context or the kernel in the language of the one who asks."""
        language = language_of(request)
        state = request.app.state
        shown = (
            self.environment(language)
            .get_template(template)
            .render(
                request=request,
                context=self.context,
                section=values.pop("section", self.context),
                language=language,
                here=page_at_hand(request),
                person=getattr(request.state, "person", None),
                today=state.today(),
                zone=state.settings.zone,
                fragment=is_fragment(request),
                **values,
            )
        )
        vary = {"Vary": "Accept-Language, Cookie, HX-Request", "Cache-Control": "no-store"}
        return HTMLResponse(shown, http_status, vary)

    def environment(self, language: str) -> Environment:
        if language not in self.environments:
            self.environments[language] = self.make_environment(language)
        return self.environments[language]

    def make_environment(self, language: str) -> Environment:
        folders = [folder for folder in (self.folder and self.folder / "templates", TEMPLATES) if folder]
        made = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        translations = install_texts(made, language, self.folder and self.folder / "translations")
        made.filters.update(shapes := formats(SWISS[language]))
        made.filters |= {"translated": speaker(translations.gettext, shapes), "who": who}
        made.globals.update(static=self.static, languages=LANGUAGES)
        return made


@pass_context
def who(shown: Context, actor: str) -> str:
    """Call the one who looks by the name that their token says; of others only the id is known (promise 18)."""
    person = shown["person"]
    return str(person.name) if person and person.subject == actor else actor


def install_texts(environment: Environment, language: str, folder: Path | None) -> NullTranslations:
    translations = texts(language, folder)
    install = vars(environment)["install_gettext_translations"]
    install(translations, newstyle=True)
    return translations


def formats(locale: str) -> dict[str, Any]:
    """Give the filters of one locale: `date`, `instant(zone)`, `money`, `number`."""

    def day(value: date | None, form: str = "medium") -> str:
        return format_date(value, form, locale=locale) if value else ""

    def instant(value: datetime | None, zone: str, form: str = "short") -> str:
        return format_datetime(value, form, tzinfo=ZoneInfo(zone), locale=locale) if value else ""

    def number(value: Decimal | int | None, decimals: int | None = None) -> str:
        if value is None:
            return ""
        with localcontext(rounding=ROUND_HALF_UP):
            return format_decimal(value, swiss_pattern(decimals), locale="de_CH")

    def money(value: Decimal | None, currency: str = "") -> str:
        amount = number(value, 2)
        return f"{currency}\u00a0{amount}" if currency and amount else amount

    return {"date": day, "instant": instant, "number": number, "money": money}


def swiss_pattern(decimals: int | None) -> str:
    return "#,##0.###" if decimals is None else f"#,##0.{'0' * decimals}".rstrip(".")
