"""Scenarios of kind billing that nobody wrote by hand."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from oracle.calendar_days import occurrence

ODD_DAYS = [date(2024, 2, 29), date(2023, 8, 31), date(2023, 11, 30), date(2024, 1, 31), date(2023, 12, 31)]
STARTS = st.sampled_from([*ODD_DAYS, date(2024, 1, 1), date(2023, 10, 1)]) | st.dates(
    date(2023, 1, 1), date(2024, 12, 31)
)
FEES = st.sampled_from(["1200.00", "1201.00", "800.00", "2400.00", "730.00", "365.55", "0.00", "0.01"])
FEES |= st.integers(5_000, 900_000).map(lambda n: f"{n / 100:.2f}")
SELDOM = st.sampled_from([False, False, False, True])
RATES = st.sampled_from(["7.7", "8.1", "2.6", "3.8", "20", "0.0"])
CHANGES = st.sampled_from([date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)]) | st.dates(
    date(2023, 2, 1), date(2025, 12, 31)
)


@st.composite
def vat(draw: st.DrawFn) -> list[dict[str, str]]:
    """A table of rates, in any order, whose changes fall on firsts of a month or within one."""
    size = draw(st.sampled_from([0, 1, 1, 2, 4]))
    changes = draw(st.lists(CHANGES, min_size=size, max_size=size, unique=True))
    rows = [{"from": day.isoformat(), "rate": draw(RATES)} for day in [date(2018, 1, 1), *changes]]
    return draw(st.permutations(rows))


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    start = draw(STARTS)
    every = draw(st.sampled_from([1, 2, 3, 6, 12, 24]))
    anchors = [start, start.replace(day=1), *(day for day in ODD_DAYS if day <= start)]
    contract: dict[str, Any] = {
        "kind": draw(st.sampled_from(["maintenance", "licence"])),
        "currency": draw(st.sampled_from(["CHF", "EUR"])),
        "start": start.isoformat(),
        "billing": {
            "every_months": str(every),
            "anchor": draw(st.sampled_from(anchors)).isoformat(),
            "timing": draw(st.sampled_from(["in_advance", "in_arrears"])),
        },
    }
    days = days_of(start, every)
    contract["positions"] = [
        draw(position(id_, st.just(start) | days)) for id_ in draw(st.sampled_from([["A"], ["a", "B"], ["A", "A2"]]))
    ]
    if draw(SELDOM):
        contract["end"] = draw(days).isoformat()
    return contract


def days_of(start: date, every: int) -> st.SearchStrategy[date]:
    """Days of the first three years at most, firsts and lasts of periods and months among them."""
    months = max(12, min(3 * every, 36))
    firsts = [occurrence(start, k) for k in range(0, months + 1, min(every, 6))]
    lasts = [day - timedelta(days=1) for day in firsts[1:]]
    return st.sampled_from([*firsts, *lasts]) | st.integers(0, 30 * months).map(lambda n: start + timedelta(days=n))


@st.composite
def position(draw: st.DrawFn, id_: str, days: st.SearchStrategy[date]) -> dict[str, str]:
    first = draw(days)
    told = {"id": id_, "fee": draw(FEES), "per": "year", "from": first.isoformat()}
    last = draw(days) if draw(SELDOM) else first - timedelta(days=1)
    return told if last < first else {**told, "to": last.isoformat()}
