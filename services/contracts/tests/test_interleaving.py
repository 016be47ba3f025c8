"""Whatever comes first: any interleaving that keeps each stream's order ends in the same rows and the same appends.

Only the number of a visit goes by the order in which orders are heard, so each counter here has one that is planned.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from carnet.contracts.app import CONTRACTS, build
from carnet.contracts.settings import ContractsSettings
from carnet.events.contracts import Billing
from carnet.events.dispatch import OrderCancelled, OrderCompleted, OrderCreated, TechnicianArrived
from carnet.events.fact import Fact
from carnet.events.inbound import SalesOrder, SoldContract
from carnet.events.objects import ObjectMoved, ObjectRegistered, PartyChanged, PartyRegistered
from carnet.kernel.trial import Trial, trial

PATIENCE = 60.0
NEW_YEAR = date(2026, 1, 1)
SOLD = SoldContract(
    number="C-3", kind="licence", start=NEW_YEAR, fee=Decimal(540), billing=Billing(every_months=12, anchor=NEW_YEAR)
)


def registered(object_id: str, parent_id: str | None = None) -> ObjectRegistered:
    return ObjectRegistered(
        object_id=object_id, number=object_id.upper(), name=object_id, kind="lift", parent_id=parent_id
    )


def story(visit: dict[str, Any], notice: dict[str, Any]) -> dict[str, list[Fact]]:
    """What others tell in the beginning of 2026, stream by stream."""
    planned = order("planned", "maintenance", visit)
    declined = order("declined", "subscription", notice)
    fault = order("fault", "fault", {"object_id": "motor"}, reported_at=datetime(2026, 4, 2, 14, 45, tzinfo=UTC))
    arrived = datetime(2026, 4, 7, 6, 20, tzinfo=UTC)
    return {
        "object-lift-A": [registered("lift-A")],
        "object-motor": [registered("motor", "lift-A")],
        "object-waiter": [registered("waiter")],
        "object-licence": [registered("licence")],
        "structure": [
            ObjectMoved(object_id="licence", parent_id="waiter"),
            ObjectMoved(object_id="site", parent_id=None),
        ],
        "party-K2": [
            PartyRegistered(party_id="party-K2", number="K2", name="Clinique"),
            PartyChanged(party_id="party-K2", number="K2", name="Clinique SA"),
        ],
        "sales-1": [
            SalesOrder(
                id="sales-1",
                number="S1",
                ordered_on=NEW_YEAR,
                customer_number="K2",
                object_number="LICENCE",
                object_name="LiftWatch",
                object_kind="licence",
                contract=SOLD,
            )
        ],
        "order-planned": [planned, completed(planned)],
        "order-declined": [declined, cancelled(declined)],
        "order-fault": [
            fault,
            TechnicianArrived(order_id="fault", object_id="motor", technician_id="T", arrived_at=arrived),
            completed(fault),
        ],
    }


def order(order_id: str, order_type: Any, service: dict[str, Any], **more: Any) -> OrderCreated:
    told = {name: service.get(name) for name in ("object_id", "contract_id", "occurrence_id", "due_on")}
    return OrderCreated.model_validate(
        {"order_id": order_id, "number": order_id, "order_type": order_type, "created_on": NEW_YEAR, **told, **more}
    )


def completed(order: OrderCreated) -> OrderCompleted:
    shared = order.model_dump(include={"order_id", "number", "order_type", "object_id", "occurrence_id"})
    return OrderCompleted(**shared, completed_on=date(2026, 4, 7), report_ids=())


def cancelled(order: OrderCreated) -> OrderCancelled:
    shared = order.model_dump(include={"order_id", "object_id", "occurrence_id"})
    return OrderCancelled(**shared, reason="declined", cancelled_on=date(2026, 4, 7))


LENGTHS = {stream: len(facts) for stream, facts in story({"object_id": "A"}, {"object_id": "W"}).items()}
TURNS = [stream for stream, length in LENGTHS.items() for _ in range(length)]


async def told_in(turns: Sequence[str], bodies: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    """Sign, run the day, tell the story in these turns; give all rows and all events of the store."""
    with TemporaryDirectory() as folder:
        service = build(ContractsSettings(data=Path(folder), business_day=NEW_YEAR, log_level="error"))
        async with trial(contracts=service) as suite, asyncio.timeout(PATIENCE):
            visit, notice = await begun(suite, bodies)
            left = {stream: list(facts) for stream, facts in story(visit, notice).items()}
            for stream in turns:
                await suite.publish(stream, left[stream].pop(0))
            await nothing_waits(suite)
            return await rows(suite), await events(suite)


async def begun(suite: Trial, bodies: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    for body in bodies:
        assert (await suite.post("/contracts", body)).status_code == 201
    await suite.settle()  # a run waits two seconds for what was signed, and is refused then
    assert (await suite.post("/contracts/runs", {"date": "2026-03-09"})).json()["raised"] == 2
    await suite.settle()
    page = (await suite.get("/contracts/due", params={"from": "2026-01-01", "to": "2026-03-31"})).json()
    visit, notice = page["items"]
    return visit, notice


async def nothing_waits(suite: Trial) -> None:
    await suite.settle()
    while (await suite.get("/contracts/ops/waiting")).json():
        await suite.settle()
    await suite.settle()
    assert (await suite.get("/contracts/ops/dead-letters")).json() == []


async def rows(suite: Trial) -> dict[str, list[str]]:
    tables = [table for model in CONTRACTS.read_models for table in model.tables]
    found = await suite.runtime("contracts").query(
        lambda session: {
            str(table.__tablename__): sorted(row.model_dump_json() for row in session.exec(select(table)))
            for table in tables
        }
    )
    return dict(found)


async def events(suite: Trial) -> list[tuple[str, str, str]]:
    recorded = await suite.runtime("contracts").engines.store.read_all()
    return sorted((event.stream, event.type, json.dumps(json.loads(event.data))) for event in recorded)


@cache
def as_written(bodies: str) -> tuple[Any, Any]:
    return asyncio.run(told_in(TURNS, json.loads(bodies)))


@given(turns=st.permutations(TURNS))
@settings(max_examples=10, deadline=None)
def test_any_interleaving_ends_in_the_same_rows_and_appends(turns: list[str], written: str) -> None:
    assert asyncio.run(told_in(turns, json.loads(written))) == as_written(written)
