"""The firm of the demonstration, at work: three technicians, test weights, a lift, a hydraulic lift, a fork-lift."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from carnet.dispatch.app import build
from carnet.dispatch.settings import DispatchSettings
from carnet.dispatch.streams.identity import equipment_id, technician_id
from carnet.events.objects import ObjectRegistered, PartyRegistered, ResponsibilityAssigned, SiteRegistered
from carnet.kernel.trial import Trial, trial

FAVRE, KELLER, KRASNIQI = (technician_id(number) for number in ("1", "2", "3"))
WEIGHTS = equipment_id("W-1")
SKILLS = {
    "Luc Favre": ("traction", "hydraulic", "doors"),
    "Sandra Keller": ("traction", "electronics", "doors"),
    "Driton Krasniqi": ("traction", "hydraulic", "electronics"),
}


@dataclass(frozen=True)
class Firm:
    """What a test does with the dispatch service."""

    suite: Trial
    favre: str = FAVRE
    keller: str = KELLER
    krasniqi: str = KRASNIQI
    weights: str = WEIGHTS

    async def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> dict[str, Any]:
        answer = await self.suite.post(f"/dispatch{path}", body if body is not None else {}, **more)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def get(self, path: str, **params: Any) -> Any:
        await self.suite.settle()
        answer = await self.suite.get(f"/dispatch{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fault(self, object_id: str = "lift-a", created_on: str = "2026-04-02", **more: Any) -> str:
        body = {"object_id": object_id, "created_on": created_on} | more
        return str((await self.post("/orders", body, 201))["id"])

    async def plan(self, order_id: str, start: str, end: str, *who: str, status: int = 200, **more: Any) -> str:
        body = {"technician_ids": who, "starts_at": start, "ends_at": end} | more
        return str((await self.post(f"/orders/{order_id}/plan", body, status)).get("detail", ""))

    async def report(self, order_id: str, who: str, day: str, *items: tuple[str, ...]) -> str:
        told = [dict(zip(("kind", "quantity", "article"), item, strict=False)) for item in items]
        body = {"technician_id": who, "service_date": day, "items": told}
        return str((await self.post(f"/orders/{order_id}/reports", body, 201))["id"])

    async def published(self, name: str) -> list[dict[str, Any]]:
        """Give the data of all published events of a name, from the feed."""
        feed = await self.get("/events")
        return [each["data"] for each in feed["events"] if each["type"] == f"carnet.dispatch.{name}.v1"]


@pytest.fixture
async def firm(tmp_path: Path, database: SecretStr | None) -> AsyncIterator[Firm]:
    settings = DispatchSettings(data=tmp_path, database=database, log_level="error", business_day="2026-01-05")
    async with trial(dispatch=build(settings)) as suite:
        firm = Firm(suite)
        await publish_objects(suite)
        await register(firm)
        await suite.settle()
        yield firm


async def publish_objects(suite: Trial) -> None:
    parties = {"k1": "PPE Résidence du Parc", "regie": "Régie Delacroix SA", "k4": "Metallbau Gerber AG"}
    for party_id, name in parties.items():
        await suite.publish(f"party-{party_id}", PartyRegistered(party_id=party_id, number=party_id, name=name))
    await suite.publish("site-f", SiteRegistered(site_id="site-f", number="S1", name="Fleurettes 12", owner_id="k1"))
    manager = ResponsibilityAssigned(node_id="site-f", role="manager", party_id="regie")
    await suite.publish("responsibility-site-f", manager)
    for fact in (
        ObjectRegistered(object_id="lift-a", number="A", name="Lift A 630 kg", kind="lift", site_id="site-f"),
        ObjectRegistered(object_id="hydro", number="H", name="Hydraulic lift", kind="lift", debtor_id="k4"),
        ObjectRegistered(object_id="fork", number="F", name="Fork-lift", kind="vehicle", internal=True),
        ObjectRegistered(object_id="orphan", number="O", name="Nobody's lift", kind="lift"),
    ):
        await suite.publish(f"object-{fact.object_id}", fact)


async def register(firm: Firm) -> None:
    for number, (name, skills) in enumerate(SKILLS.items(), 1):
        known = (await firm.post("/technicians", {"number": str(number), "name": name}, 201))["id"]
        for skill in skills:
            body = {"skill": skill, "valid_from": "2026-01-01"}
            await firm.post(f"/technicians/{known}/skills", body, 201)
    weights = {"number": "W-1", "kind": "test weights", "name": "Test weights 1000 kg"}
    await firm.post("/equipment", weights, 201)
