"""The demonstration's contracts and service calendar, as every test file of this context needs them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from carnet.contracts.app import build
from carnet.contracts.domain.service_calendar import ServiceCalendar
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Parties,
    Position,
    Price,
    Reaction,
    Shares,
    Terms,
    Version,
)
from carnet.contracts.settings import ContractsSettings
from carnet.events.dispatch import OrderCancelled, OrderCompleted, OrderCreated
from carnet.events.fact import Fact
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.kernel.trial import Trial, trial

NEW_YEAR = date(2026, 1, 1)
FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def cycle(cycle_id: str, every_months: int, anchor: date, **more: object) -> Cycle:
    return Cycle.model_validate(
        {
            "cycle_id": cycle_id,
            "service": cycle_id,
            "every_months": every_months,
            "anchor": anchor,
            "tolerance_days": 10,
            "prepare_days_before": 30,
            **more,
        }
    )


def position(position_id: str, first_day: date, fee: str, *cycles: Cycle, plans: bool = True) -> Position:
    return Position(
        position_id=position_id,
        object_id=f"object-{position_id}",
        first_day=first_day,
        prices=(Price(valid_from=first_day, fee=Decimal(fee)),),
        plans=(CyclePlan(valid_from=first_day, cycles=cycles),) if plans and cycles else (),
    )


def terms(*positions: Position, **more: object) -> Terms:
    return Terms.model_validate(
        {
            "kind": "maintenance",
            "contract_number": "C-1",
            "parties": Parties(debtor_id="K1", contact_id="Delacroix"),
            "start": NEW_YEAR,
            "billing": Billing(every_months=6, anchor=NEW_YEAR),
            "positions": positions,
            **more,
        }
    )


def version(agreed: Terms) -> Version:
    return Version(contract_id="C-1", number=1, valid_from=agreed.start, recorded=agreed.start, terms=agreed)


@pytest.fixture
def lift_a() -> Position:
    yearly = cycle("yearly", 12, date(2026, 4, 15), persons=2, equipment=("test weights 1000 kg",))
    return position("A", NEW_YEAR, "1680.00", cycle("quarterly", 3, date(2026, 1, 15)), yearly)


@pytest.fixture
def lift_b() -> Position:
    return position("B", date(2026, 5, 18), "1320.00", cycle("quarterly", 3, date(2026, 8, 18)))


@pytest.fixture
def garage_door_c() -> Position:
    return position("C", NEW_YEAR, "480.00", cycle("yearly", 12, date(2026, 6, 10)))


@pytest.fixture
def c1(lift_a: Position, garage_door_c: Position) -> Terms:
    """C-1 as it is signed on 1 Jan 2026; B comes by an amendment."""
    half_parts = Coverage(
        valid_from=NEW_YEAR, shares=Shares(labour=Decimal(1), travel=Decimal(1), parts=Decimal("0.5"))
    )
    fault = Reaction(priority="fault", within_minutes=240, escalate_before_minutes=60, calendar="office")
    return terms(lift_a, garage_door_c, coverages=(half_parts,), reactions=(fault,))


@pytest.fixture
def c2() -> Terms:
    """C-2, the dumb waiter's subscription; its notice goes out on the due date."""
    half_yearly = cycle("half-yearly", 6, date(2026, 3, 9), prepare_days_before=0)
    waiter = position("1", NEW_YEAR, "0.00", half_yearly)
    return terms(waiter, kind="subscription")


@pytest.fixture
def office() -> ServiceCalendar:
    """Rochat's service calendar with Vaud's holidays of 2026."""
    windows = ("07:30-12:00", "13:00-17:30")
    days = ((1, 1), (1, 2), (4, 3), (4, 6), (5, 14), (5, 25), (8, 1), (9, 21), (12, 25))
    return ServiceCalendar(
        zone="Europe/Zurich",
        hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), windows),
        holidays=frozenset(date(2026, month, day) for month, day in days),
    )


@pytest.fixture
def round_the_clock() -> ServiceCalendar:
    return ServiceCalendar(zone="Europe/Zurich", hours=dict.fromkeys(EVERY_DAY, ("00:00-24:00",)))


def cycle_body(cycle_id: str, every_months: int, anchor: str, **more: Any) -> dict[str, Any]:
    told = {"cycle_id": cycle_id, "service": cycle_id, "every_months": every_months, "anchor": anchor}
    return {**told, "tolerance_days": 10, **more}


YEARLY = cycle_body("yearly", 12, "2026-04-15", persons=2, equipment=["test weights 1000 kg"])

C1 = {
    "number": "C-1",
    "kind": "maintenance",
    "debtor_id": "party-K1",
    "contact_id": "party-regie",
    "start": "2026-01-01",
    "billing": {"every_months": 6, "anchor": "2026-01-01"},
    "positions": [
        {
            "position_id": "A",
            "object_id": "lift-A",
            "fee": "1680.00",
            "cycles": [cycle_body("quarterly", 3, "2026-01-15"), YEARLY],
        },
        {
            "position_id": "C",
            "object_id": "door-C",
            "fee": "480.00",
            "cycles": [cycle_body("yearly", 12, "2026-06-10")],
        },
    ],
    "coverage": {"shares": {"labour": "1", "travel": "1", "parts": "0.5"}},
    "reactions": [{"within_minutes": 240, "escalate_before_minutes": 60}],
    "recorded": "2026-01-01",
}

C2 = {
    "number": "C-2",
    "kind": "subscription",
    "debtor_id": "party-K3",
    "start": "2026-01-01",
    "positions": [
        {
            "position_id": "1",
            "object_id": "waiter",
            "cycles": [cycle_body("half-yearly", 6, "2026-03-09", prepare_days_before=0)],
        }
    ],
    "recorded": "2026-01-01",
}

B_ADDED = {
    "change": "add_position",
    "position": {
        "position_id": "B",
        "object_id": "lift-B",
        "first_day": "2026-05-18",
        "fee": "1320.00",
        "cycles": [cycle_body("quarterly", 3, "2026-08-18")],
    },
}


@dataclass
class Firm:
    """The other contexts around contracts on trial: objects are registered, orders created, done and cancelled."""

    suite: Trial

    async def register(self, object_id: str, parent_id: str | None = None) -> None:
        named = {"number": object_id.upper(), "name": object_id, "kind": "lift"}
        fact = ObjectRegistered(object_id=object_id, parent_id=parent_id, **named)
        await self.suite.publish(f"object-{object_id}", fact)

    async def sign(self, body: dict[str, Any]) -> str:
        answer = await self.suite.post("/contracts", body)
        assert answer.status_code == 201, answer.text
        await self.suite.settle()
        return str(answer.json()["id"])

    async def know(self, object_id: str = "lift-A") -> None:
        """Let the office know an object and a customer."""
        await self.register(object_id)
        await self.suite.publish(
            "party-K1", PartyRegistered(party_id="party-K1", number="K1", name="PPE Les Terrasses")
        )
        await self.suite.settle()

    async def page(self, path: str, role: str = "planner", **headers: str) -> str:
        """Give a page in French as a person sees it once all is taken in."""
        await self.suite.settle()
        answer = await self.suite.get(path, role, headers={**FRENCH, **headers})
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    async def send(self, path: str, form: dict[str, str], role: str = "planner", **headers: str) -> Any:
        """Send a form of one of our pages, as a browser does or, with `HX-Request`, as htmx does."""
        return await self.suite.request("POST", path, role, data=form, headers={**FRENCH, **headers})

    async def amend(self, contract: str, recorded: str, *changes: dict[str, Any]) -> None:
        body = {"changes": list(changes), "recorded": recorded}
        answer = await self.suite.post(f"/contracts/{contract}/amendments", body)
        assert answer.status_code == 201, answer.text
        await self.suite.settle()

    async def run(self, day: str) -> int:
        answer = await self.suite.post("/contracts/runs", {"date": day})
        assert answer.status_code == 200, answer.text
        assert answer.json()["parked"] == []
        await self.suite.settle()
        return int(answer.json()["raised"])

    async def due(self, **more: str) -> list[dict[str, Any]]:
        span = {"from": "2026-01-01", "to": "2026-12-31", **more}
        return list((await self.suite.get("/contracts/due", params=span)).json()["items"])

    async def create_orders(self) -> None:
        """Create an order for every raised service, as dispatch does; one that has its order changes nothing."""
        for service in await self.due():
            if service["status"] != "promised":
                await self.create(self.order_of(service))
        await self.suite.settle()

    def order_of(self, service: dict[str, Any]) -> OrderCreated:
        kind = "subscription" if service["contract_number"] == "C-2" else "maintenance"
        return OrderCreated(
            order_id=f"order-of-{service['occurrence_id']}",
            number="O",
            order_type=kind,
            object_id=service["object_id"],
            contract_id=service["contract_id"],
            occurrence_id=service["occurrence_id"],
            created_on=service["prepare_on"],
            due_on=service["due_on"],
        )

    async def create(self, order: OrderCreated) -> None:
        stream = f"order-{order.order_id}"
        if ("carnet.dispatch.v1", stream) not in self.suite.published:
            await self.suite.publish(stream, order)

    async def find(self, due_on: str) -> dict[str, Any]:
        (found,) = [service for service in await self.due() if service["due_on"] == due_on]
        return found

    async def complete(self, due_on: str, day: str) -> None:
        order = self.order_of(await self.find(due_on))
        shared = order.model_dump(include={"order_id", "number", "order_type", "object_id", "occurrence_id"})
        done = OrderCompleted(**shared, completed_on=date.fromisoformat(day), report_ids=())
        await self.suite.publish(f"order-{order.order_id}", done)
        await self.suite.settle()

    async def cancel(self, due_on: str, day: str, reason: str) -> None:
        order = self.order_of(await self.find(due_on))
        shared = order.model_dump(include={"order_id", "object_id", "occurrence_id"})
        gone = OrderCancelled(**shared, reason=reason, cancelled_on=date.fromisoformat(day))
        await self.suite.publish(f"order-{order.order_id}", gone)
        await self.suite.settle()

    async def ledger(self, contract: str) -> dict[str, int]:
        answer = (await self.suite.get("/contracts/obligations", params={"contract": contract, "year": 2026})).json()
        return {name: answer[name] for name in ("promised", "done", "skipped", "excused", "open")}

    async def published(self, fact: type[Fact]) -> list[dict[str, Any]]:
        """What contracts has told the world of this kind."""
        events = (await self.suite.get("/contracts/events", params={"limit": 500})).json()["events"]
        return [event["data"] for event in events if event["type"] == fact.TYPE]


@pytest.fixture
async def firm(tmp_path: Path, database: SecretStr | None) -> AsyncIterator[Firm]:
    settings = ContractsSettings(data=tmp_path, database=database, business_day=NEW_YEAR, log_level="error")
    async with trial(contracts=build(settings)) as suite:
        yield Firm(suite)


@pytest.fixture
def bodies() -> dict[str, dict[str, Any]]:
    """What the office writes down: C-1, C-2, and the position that adds lift B."""
    return {"C-1": C1, "C-2": C2, "B": B_ADDED}


@pytest.fixture(scope="session")
def written() -> str:
    """C-1 and C-2 as the office sends them."""
    return json.dumps([C1, C2])
