"""Scenarios of the kinds cycles and deadline that nobody wrote by hand, most of them about a change of the clock."""

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

CHANGES = {
    "Europe/Zurich": [date(2026, 3, 29), date(2026, 10, 25)],
    "Europe/London": [date(2026, 3, 29), date(2026, 10, 25)],
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Sao_Paulo": [date(2018, 2, 17), date(2018, 2, 18), date(2018, 11, 4)],  # at midnight
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "Australia/Sydney": [date(2026, 4, 5), date(2026, 10, 4)],
    "Asia/Kolkata": [date(2026, 3, 29)],
    "UTC": [date(2026, 3, 29)],
}
MONTHS = st.sampled_from([1, 2, 3, 6, 12, 24])
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
OFFICE = ["07:30-12:00", "13:00-17:30"]
NIGHT = ["00:00-02:00", "02:00-02:30", "02:30-24:00"]
CLOSINGS = st.sampled_from([["00:00-24:00"], OFFICE, NIGHT, ["22:00-24:00"], ["01:30-03:30"], []])
NIGHTLY = st.sampled_from(["00:00", "00:30", "01:30", "01:45", "02:00", "02:15", "02:30", "23:30"])
LENGTHS = st.sampled_from(["30m", "1h", "90m", "2h", "4h", "270m", "9h", "18h", "24h"])
LENGTHS |= st.integers(1, 1800).map(lambda n: f"{n}m") | st.integers(1, 30).map(lambda n: f"{n}h")


@st.composite
def cycles(draw: st.DrawFn) -> dict[str, Any]:
    """Dates, or instants of which some are near a change of the clock."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    anchors = st.sampled_from(CHANGES[zone]) | st.dates(date(2015, 1, 1), date(2026, 12, 31))
    told = {
        "anchor": draw(anchors).isoformat(),
        "every_months": str(draw(MONTHS)),
        "count": str(draw(st.sampled_from([0, 1, 2, 5, 25]))),
    }
    timed = {"zone": zone, "at": draw(NIGHTLY | st.times().map(lambda at: at.strftime("%H:%M")))}
    return {"kind": "cycles", **told, **draw(st.sampled_from([timed, timed, {}]))}


@st.composite
def windows(draw: st.DrawFn) -> list[str]:
    """The windows of a day: well known ones, or cut anywhere."""
    cuts = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True)))
    anywhere = [f"{clock(a)}-{clock(b)}" for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return draw(CLOSINGS | st.just(anywhere))


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def pauses(draw: st.DrawFn, near: datetime) -> dict[str, str]:
    """A pause within a day."""
    day = (near + timedelta(days=draw(st.integers(0, 2)))).date().isoformat()
    begin, end = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True)))
    return {"from": f"{day}T{clock(begin)}", "to": f"{day}T{clock(end)}"}


@st.composite
def deadlines(draw: st.DrawFn) -> dict[str, Any]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone])) + timedelta(days=draw(st.integers(-3, 1)))
    around = st.sampled_from([time(0), time(2), time(7, 30), time(12), time(12, 30), time(17, 30), time(23, 59)])
    reported = datetime.combine(day, draw(around | around | st.times())).replace(second=0, microsecond=0)
    daily = draw(st.sampled_from([["00:00-24:00"], OFFICE, []]))
    hours = {name: daily or draw(windows()) for name in WEEK}
    holidays = draw(
        st.lists(st.integers(-1, 5).map(lambda n: (day + timedelta(n)).isoformat()), max_size=2, unique=True)
    )
    told: dict[str, Any] = {
        "kind": "deadline",
        "calendar": {"zone": zone, "hours": hours if any(hours.values()) else {"sun": OFFICE}, "holidays": holidays},
        "reported": reported.isoformat(timespec="minutes"),
        "within": draw(LENGTHS),
        "pauses": draw(st.lists(pauses(reported), max_size=3)),
    }
    before = draw(st.none() | LENGTHS)
    return told if before is None or minutes(before) >= minutes(told["within"]) else {**told, "escalate_before": before}


def minutes(text: str) -> int:
    return int(text[:-1]) * (60 if text[-1] == "h" else 1)
