"""How the values of a scenario are written: each in one way, so that nothing is guessed (12:30 is no number)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from carnet.contracts.domain.service_calendar import Window as OpeningWindow
from carnet.invoicing.domain.money import CENT

YEAR = r"(19|2\d)\d\d"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
UNITS = {"h": "hours", "m": "minutes"}


def written(form: str, how: str) -> Callable[[Any], Any]:
    """Give a check that a text has a form, with a sentence that says how to write it."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(form, value):
            raise ValueError(f"write {how}, not {value!r}")
        return value

    return check


def moment(text: Any) -> Any:
    """Read a local time; 24:00 is the next day's midnight."""
    if not isinstance(text, str) or not text.endswith("T24:00"):
        return text
    return datetime.fromisoformat(f"{text[:10]}T00:00") + timedelta(days=1)


def duration(text: Any) -> timedelta:
    """Read `4h` or `90m`."""
    if isinstance(text, str) and re.fullmatch(r"\d{1,5}[hm]", text) and int(text[:-1]):
        return timedelta(**{UNITS[text[-1]]: int(text[:-1])})
    raise ValueError(f"write how long as 4h or 90m, at most 99999 of them, not {text!r}")


def of_cents(step: Decimal) -> Decimal:
    if step % CENT:
        raise ValueError(f"take a multiple of 0.01, not {step}")
    return step


Day = Annotated[date, BeforeValidator(written(YEAR + r"-\d\d-\d\d", "a day of 1900 to 2999 as 2026-07-01"))]
LastDay = Annotated[date, BeforeValidator(written(r"\d{4}-\d\d-\d\d", "a day as 2026-07-01"))]
Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    BeforeValidator(written(YEAR + rf"-\d\d-\d\dT({CLOCK}|24:00)", "a local time as 2026-07-01T16:45")),
]
Window = Annotated[
    OpeningWindow, BeforeValidator(written(rf"{CLOCK}-({CLOCK}|24:00)", "a window of opening hours as 07:30-12:00"))
]
Windows = Annotated[tuple[Window, ...], AfterValidator(lambda windows: tuple(sorted(windows)))]
Clock = Annotated[str, BeforeValidator(written(CLOCK, "a time as 08:00"))]
Amount = Annotated[Decimal, BeforeValidator(written(r"\d{1,9}(\.\d{1,12})?", "a number as 1200.00, nothing below 0"))]
Percent = Annotated[Decimal, BeforeValidator(written(r"\d{1,3}(\.\d{1,4})?", "a rate in percent as 8.1"))]
Share = Annotated[Decimal, BeforeValidator(written(r"0(\.\d{1,12})?|1(\.0{1,12})?", "a share of 0 to 1 as 0.5"))]
Step = Annotated[Amount, Field(gt=0), AfterValidator(of_cents)]
Currency = Annotated[str, BeforeValidator(written("[A-Z]{3}", "a currency as CHF"))]
Duration = Annotated[timedelta, BeforeValidator(duration)]
