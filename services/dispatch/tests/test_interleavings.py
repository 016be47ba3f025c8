"""Promise 6: streams may be heard in any order among each other, the rows end the same."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from carnet.dispatch.app import DISPATCH
from carnet.dispatch.domain import agenda, order_events, technician
from carnet.dispatch.domain.entries import Absence, Visit
from carnet.dispatch.domain.work import Item
from carnet.events.objects import ObjectMoved, ObjectRegistered, PartyRegistered, ResponsibilityAssigned, SiteRegistered
from carnet.kernel.notice import Heard, Notice
from carnet.kernel.rows import live, write

at, day = datetime(2026, 6, 10, 6, tzinfo=UTC), date(2026, 6, 10)
on = {"order_id": "o", "object_id": "lift"}
case = on | {"number": "26-1", "order_type": "fault", "debtor_id": "k1"}
span = {"starts_at": at, "ends_at": at.replace(hour=8)}
first, second = (Visit(visit_id=v, order_id="o", technician_ids=(t,), **span) for v, t in (("v1", "t1"), ("v2", "t2")))
away = Absence(absence_id="a", kind="training", **span)
report = order_events.Report(
    **on, report_id="r", technician_id="t2", service_date=day, items=(Item(kind="km", quantity=Decimal(9)),)
)

STREAMS: dict[str, tuple[BaseModel, ...]] = {
    "order-o": (
        order_events.OrderCreated(**case, created_on=day),
        order_events.OrderPlanned(**on, visit=first),
        order_events.OrderPlanned(**on, visit=second),
        order_events.WorkReported(report=report),
        order_events.WorkReportCorrected(report=report.model_copy(update={"note": "km"})),
        order_events.OrderCompleted(**case, completed_on=day, report_ids=("r",)),
    ),
    "agenda-t1-2026-W24": (
        agenda.Booked(whose="t1", visit=first),
        agenda.Blocked(whose="t1", absence=away),
        agenda.PlanConflicted(whose="t1", visit_id="v1", order_id="o", absence_id="a"),
        agenda.Released(whose="t1", visit_id="v1"),
    ),
    "agenda-t2-2026-W24": (agenda.Booked(whose="t2", visit=second),),
    "technician-t1": (
        technician.TechnicianRegistered(technician_id="t1", number="1", name="Luc Favre"),
        technician.SkillGained(technician_id="t1", skill="doors", valid_from=day),
        technician.SkillLost(technician_id="t1", skill="doors", last_day=day),
    ),
    "object-lift": (
        ObjectRegistered(object_id="lift", number="A", name="Lift A", kind="lift", site_id="site"),
        ResponsibilityAssigned(node_id="lift", role="contact", party_id="k1"),
    ),
    "site-site": (SiteRegistered(site_id="site", number="S", name="Site", owner_id="k1"),),
    "structure": (ObjectMoved(object_id="lift", parent_id="hall"), ObjectMoved(object_id="lift", parent_id="site")),
    "party-k1": (PartyRegistered(party_id="k1", number="K1", name="PPE"),),
}
TABLES = live(*(table for model in DISPATCH.read_models for table in model.tables))


def heard(stream: str, revision: int, fact: BaseModel) -> Heard[Any]:
    return Heard(fact, Notice("", stream, revision, revision - 1, revision, "", b"", "", at, "", ""))


def interleaved(picks: list[int]) -> Iterator[Heard[Any]]:
    """Give all news in an order that keeps each stream's own."""
    lanes = [[heard(stream, n, fact) for n, fact in enumerate(facts)] for stream, facts in STREAMS.items()]
    for pick in picks + [0] * sum(map(len, lanes)):
        if lanes := [lane for lane in lanes if lane]:
            yield lanes[pick % len(lanes)].pop(0)


def rows(scratch: Engine, picks: list[int]) -> dict[str, list[Any]]:
    with scratch.begin() as connection:
        SQLModel.metadata.create_all(connection, list(TABLES.values()))
    with scratch.connect() as connection:
        for news in interleaved(picks):
            hearers = [model for model in DISPATCH.read_models if type(news.fact) in model.hears]
            write(connection, TABLES, (change for model in hearers for change in model.changes(news)))
        return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in TABLES.items()}


def test_the_story_fills_the_tables(scratch: Engine) -> None:
    filled = {name for name, found in rows(scratch, []).items() if found}
    assert set(TABLES) - filled == {"dispatch_conflict", "dispatch_equipment", "dispatch_article"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 7), max_size=20))
def test_any_interleaving_ends_in_the_same_rows(scratch: Engine, picks: list[int]) -> None:
    assert rows(scratch, picks) == rows(scratch, [])
