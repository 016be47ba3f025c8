"""The preview of an amendment names the hours of work to come: persons x standard duration (B6)."""

from datetime import date
from typing import Any

from carnet.contracts.domain.amendments import AddPosition, RemovePosition
from carnet.contracts.domain.preview import Work, preview
from carnet.contracts.domain.terms import Cycle, CyclePlan, Position, Terms, Version
from carnet.contracts.publishing import due, whole

SIGNED, YEAR_END = date(2026, 5, 6), date(2026, 12, 31)


def timed(position: Position, minutes: int, persons: int = 1) -> Position:
    """Give a position whose every visit takes each of so many persons so many minutes."""

    def lasting(cycle: Cycle) -> Cycle:
        return cycle.model_copy(update={"minutes": minutes, "persons": persons})

    plans = tuple(CyclePlan(valid_from=p.valid_from, cycles=tuple(map(lasting, p.cycles))) for p in position.plans)
    return position.model_copy(update={"plans": plans})


def version(terms: Terms) -> Version:
    return Version(contract_id="C-1", number=1, valid_from=terms.start, recorded=terms.start, terms=terms)


def test_the_hours_to_come_are_persons_times_duration(c1: Terms, lift_b: Position) -> None:
    """Two visits of B by two persons at 90 minutes each: 360 minutes beside what A and C take."""
    a, c = c1.positions
    agreed = version(c1.model_copy(update={"positions": (timed(a, 150), c)}))
    shown = preview(agreed, [AddPosition(position=timed(lift_b, 90, persons=2))], SIGNED, YEAR_END)
    assert shown.before == Work(visits=3, person_minutes=2 * 150, without_duration=1)
    assert shown.after == Work(visits=5, person_minutes=2 * 150 + 2 * 2 * 90, without_duration=1)
    assert [visit.minutes for visit in shown.added] == [90, 90]


def test_what_is_dropped_takes_no_work(c1: Terms) -> None:
    a, c = c1.positions
    agreed = version(c1.model_copy(update={"positions": (a, timed(c, 60))}))
    shown = preview(agreed, [RemovePosition(position_id="C", last_day=SIGNED)], SIGNED, YEAR_END)
    assert (shown.before.person_minutes, shown.after.person_minutes) == (60, 0)


def test_the_duration_is_told_with_the_version_and_with_the_service(c1: Terms) -> None:
    a, c = c1.positions
    agreed = version(c1.model_copy(update={"positions": (timed(a, 150), c)}))
    assert [cycle.minutes for cycle in whole(agreed).cycles] == [150, 150, None]
    visits = preview(agreed, [RemovePosition(position_id="A", last_day=SIGNED)], SIGNED, YEAR_END).dropped
    assert {due(visit, SIGNED).minutes for visit in visits} == {150}


async def test_the_preview_names_dates_and_hours_over_http(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    [cycle] = bodies["B"]["position"]["cycles"]
    position = {**bodies["B"]["position"], "cycles": [{**cycle, "persons": 2, "minutes": 90}]}
    body = {"changes": [{**bodies["B"], "position": position}], "recorded": "2026-05-06"}
    shown = (await firm.suite.post(f"/contracts/{contract}/amendments/preview", body)).json()
    assert [visit["due_on"] for visit in shown["added"]] == ["2026-08-18", "2026-11-18"]
    assert shown["after"] == {"visits": 5, "person_minutes": 360, "without_duration": 3}
