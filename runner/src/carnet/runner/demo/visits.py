"""A visit as the office and its technicians carry it through: planned, agreed, arrived, reported, completed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from carnet.runner.demo.office import Office, Surprise

ZURICH = ZoneInfo("Europe/Zurich")


@dataclass(frozen=True)
class Work:
    """One technician's report: hours, kilometres, and parts by article."""

    technician: str
    hours: str
    km: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    def items(self, kind: str) -> list[dict[str, str]]:
        travelled = [{"kind": "km", "quantity": self.km}] if self.km else []
        used = [{"kind": "part", "article": article, "quantity": n} for article, n in self.parts.items()]
        return [{"kind": kind, "quantity": self.hours}, *travelled, *used]


async def due_order(office: Office, number: str, due_on: str) -> str:
    """Find the order that a due service became."""
    for order in await office.all("/dispatch/orders", object=office.ids[number]):
        if order["due_on"] == due_on:
            return str(order["order_id"])
    raise Surprise(f"{office.day}: no order for {number} due on {due_on}")


async def fault(office: Office, number: str, description: str, at: str = "09:00", **more: Any) -> str:
    """Take a fault report at a wall-clock time of the day."""
    body = {"object_id": office.ids[number], "description": description, "created_on": f"{office.day}", **more}
    answer = await office.post("/dispatch/orders", body | {"reported_at": clock(office, at)})
    await office.rest()
    return str(answer["id"])


async def carry_out(
    office: Office, order: str, work: Sequence[Work], at: str = "08:00", *, kind: str = "service", equipment: str = ""
) -> None:
    """Plan an order for today, do the work and complete it."""
    await plan(office, order, [each.technician for each in work], at, equipment)
    await office.post(f"/dispatch/orders/{order}/appointment", {"agreed_on": f"{office.day}"})
    await report(office, order, work, at, kind)


async def report(office: Office, order: str, work: Sequence[Work], at: str, kind: str) -> None:
    arrival = {"technician_id": office.ids[work[0].technician], "at": clock(office, at)}
    await office.post(f"/dispatch/orders/{order}/arrival", arrival)
    for each in work:
        body = {"technician_id": office.ids[each.technician], "service_date": f"{office.day}"}
        await office.post(f"/dispatch/orders/{order}/reports", body | {"items": each.items(kind)})
    await office.post(f"/dispatch/orders/{order}/completion", {"completed_on": f"{office.day}"})
    await office.rest()


async def plan(office: Office, order: str, technicians: Sequence[str], at: str, equipment: str = "") -> None:
    await office.post(f"/dispatch/orders/{order}/plan", plan_body(office, technicians, at, equipment))


async def refuse(office: Office, order: str, technician: str, because: str, at: str = "08:00") -> None:
    """Try to plan someone who cannot go; where the day was played before, the order is over and there is no asking."""
    if (await office.get(f"/dispatch/orders/{order}"))["status"] != "open":
        office.asked += 1
        return
    await office.refused(f"/dispatch/orders/{order}/plan", plan_body(office, [technician], at), because)


def plan_body(office: Office, technicians: Sequence[str], at: str, equipment: str = "") -> dict[str, Any]:
    start = datetime.fromisoformat(f"{office.day}T{at}").replace(tzinfo=ZURICH)
    return {
        "technician_ids": [office.ids[technician] for technician in technicians],
        "equipment_ids": [office.ids[equipment]] if equipment else [],
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=3)).isoformat(),
    }


def clock(office: Office, at: str) -> str:
    """Give a wall-clock time of the day as an instant."""
    return datetime.fromisoformat(f"{office.day}T{at}").replace(tzinfo=ZURICH).isoformat()
