"""The demonstration's firm, as the tests of the service need it: parties, objects, prices, contracts, orders."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from carnet.events.contracts import (
    Billing,
    ContractAmended,
    ContractSigned,
    ContractVersion,
    CoverageDecided,
    Position,
    Price,
)
from carnet.events.dispatch import OrderCompleted, OrderCreated, WorkItem, WorkReported
from carnet.events.fact import Address, Shares
from carnet.events.objects import ObjectRegistered, PartyRegistered, SiteRegistered
from carnet.invoicing.app import build
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.trial import Trial, trial

NEW_YEAR = date(2026, 1, 1)
PARTIES: dict[str, dict[str, Any]] = {
    "K1": {
        "name": "PPE Résidence du Parc",
        "address": Address(
            street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne", care_of="Régie Delacroix SA"
        ),
    },
    "K2": {
        "name": "Clinique de la Colline SA",
        "address": Address(street="Route de Berne", house_number="41", postcode="1010", city="Lausanne"),
    },
    "K3": {
        "name": "Hôtel des Trois Tilleuls SA",
        "address": Address(street="Grand-Rue", house_number="7", postcode="1260", city="Nyon"),
    },
    "K4": {
        "name": "Metallbau Gerber AG",
        "language": "de",
        "address": Address(street="Industriestrasse", house_number="14", postcode="3178", city="Bösingen"),
    },
}
OBJECTS = {"A": "K1", "B": "K1", "C": "K1", "bed-1": "K2", "bed-2": "K2", "LW": "K2", "waiter": "K3", "hydraulic": "K4"}
PRICES = {
    "labour": ("Main-d’œuvre", "h", "labour", "145.00"),
    "travel": ("Déplacement", "km", "travel", "1.20"),
    "guide-shoes": ("Patins de guidage", "piece", "part", "128.90"),
    "door-contact": ("Contact de porte", "piece", "part", "74.50"),
    "cpu-board": ("Carte CPU", "piece", "part", "612.40"),
    "lamp": ("Lampe", "piece", "part", "12.35"),
    "oil": ("Huile 1 l", "litre", "part", "18.60"),
    "seal-kit": ("Jeu de joints hydrauliques", "piece", "part", "39.95"),
}
COVERED = Shares(labour=Decimal(1), travel=Decimal(1), parts=Decimal("0.5"))


def position(position_id: str, fee: str, first_day: date, last_day: date | None = None) -> Position:
    prices = (Price(valid_from=first_day, fee=Decimal(fee)),)
    return Position(
        position_id=position_id, object_id=position_id, first_day=first_day, last_day=last_day, prices=prices
    )


def version(n: int, /, *positions: Position, **more: Any) -> ContractVersion:
    """C-1 as it is published; other contracts by `more`."""
    told: dict[str, Any] = {
        "contract_id": "c-1",
        "number": "C-1",
        "kind": "maintenance",
        "debtor_id": "K1",
        "start": NEW_YEAR,
        "billing": Billing(every_months=6, anchor=NEW_YEAR),
        "valid_from": NEW_YEAR,
        "recorded": NEW_YEAR,
    }
    return ContractVersion.model_validate({**told, **more, "version": n, "positions": positions})


A = position("A", "1680.00", NEW_YEAR)
B = position("B", "1320.00", date(2026, 5, 18))
C = position("C", "480.00", NEW_YEAR)
C_OUT = position("C", "480.00", NEW_YEAR, date(2026, 8, 31))


ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}


@dataclass
class Firm:
    """The service on trial and the facts that the other contexts publish to it."""

    suite: Trial
    lift_a: Position = A
    lift_b: Position = B
    door_c: Position = C
    door_c_leaves: Position = C_OUT
    covered: Shares = COVERED
    address: Address = PARTIES["K1"]["address"]
    position: Callable[..., Position] = field(default_factory=lambda: position)
    version: Callable[..., ContractVersion] = field(default_factory=lambda: version)
    order_facts: Callable[..., list[tuple[str, Any]]] = field(default_factory=lambda: order_facts)

    async def open(self) -> None:
        await self.suite.publish("site-K2", SiteRegistered(site_id="site-K2", number="S2", name="Clinique"))
        for party_id, told in PARTIES.items():
            party = PartyRegistered(party_id=party_id, number=party_id, **told)
            await self.suite.publish(f"party-{party_id}", party)
        for object_id, debtor_id in OBJECTS.items():
            fact = ObjectRegistered(
                object_id=object_id,
                number=object_id,
                name=f"Ascenseur {object_id}",
                kind="lift",
                debtor_id=debtor_id,
                site_id=f"site-{debtor_id}",
            )
            await self.suite.publish(f"object-{object_id}", fact)
        for article, (name, unit, kind, price) in PRICES.items():
            told = {"article": article, "name": name, "unit": unit, "kind": kind, "price": price}
            await self.ask("POST", "/invoicing/articles", {**told, "valid_from": "2026-01-01"})
        await self.ask("PUT", "/invoicing/debtors/K2", {"rule": "month_end"})
        await self.suite.settle()

    async def page(self, path: str, headers: dict[str, str] = ENGLISH, **more: Any) -> str:
        """Give a page as a bookkeeper sees it once all is taken in."""
        await self.suite.settle()
        answer = await self.suite.get(path, role="bookkeeper", headers=headers, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    async def filled(self, path: str, **changed: str) -> dict[str, str]:
        """Give what a browser would send of the form of a page, with some fields typed over."""
        form = await self.page(path)
        fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
        for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            fields[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
        return {**fields, **changed}

    async def send(self, path: str, role: str = "bookkeeper", **form: Any) -> Any:
        """Send a form of one of our pages."""
        headers = ENGLISH | {"Sec-Fetch-Site": "same-origin"}
        return await self.suite.request("POST", path, role, data=form, headers=headers)

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        await self.suite.settle()
        answer = await self.suite.request(method, path, "bookkeeper", json=body, **more)
        assert answer.status_code < 300, answer.text
        await self.suite.settle()
        return answer.json()

    async def run(self, day: date, of: str = "runs") -> Any:
        return await self.ask("POST", f"/invoicing/{of}", {"date": str(day)})

    async def sign(self, terms: ContractVersion) -> None:
        stream = f"contract-{terms.contract_id}"
        if terms.version == 1:
            await self.suite.publish(stream, ContractSigned(contract_id=terms.contract_id, terms=terms))
        else:
            await self.suite.publish(stream, ContractAmended(contract_id=terms.contract_id, terms=terms))
        await self.suite.settle()

    async def work(self, order_id: str, object_id: str, day: date, *reports: str, **more: Any) -> None:
        """Have an order created, decided, done and reported; a report is `kind quantity [article]`, comma-separated."""
        for topic, fact in order_facts(order_id, object_id, day, reports, **more):
            await self.suite.publish(f"{topic}-{order_id}", fact)
        await self.suite.settle()

    async def invoices(self, **filters: Any) -> list[dict[str, Any]]:
        await self.suite.settle()
        page = (await self.suite.get("/invoicing/invoices", params={"limit": 500, **filters})).json()
        return sorted(page["items"], key=lambda item: item["number"])

    async def by_number(self, number: str) -> dict[str, Any]:
        (found,) = await self.invoices(number=number)
        whole: dict[str, Any] = (await self.suite.get(f"/invoicing/invoices/{found['document_id']}")).json()
        return whole


def order_facts(
    order_id: str,
    object_id: str,
    day: date,
    reports: tuple[str, ...],
    shares: Shares | None = None,
    kind: str = "fault",
) -> list[tuple[str, Any]]:
    """What dispatch and contracts publish of one order, by the stream that each stands in."""
    named = {"order_id": order_id, "number": order_id.upper(), "object_id": object_id, "order_type": kind}
    debtor = {"debtor_id": OBJECTS.get(object_id)}
    report_ids = tuple(f"{order_id}-r{n}" for n in range(1, len(reports) + 1))
    dispatch = [
        OrderCreated(**named, **debtor, created_on=day),
        *(
            report(order_id, report_id, object_id, day, told)
            for report_id, told in zip(report_ids, reports, strict=True)
        ),
        OrderCompleted(**named, **debtor, completed_on=day, report_ids=report_ids),
    ]
    decided = CoverageDecided(
        order_id=order_id,
        object_id=object_id,
        contract_id="c-1" if shares else None,
        contract_version=1 if shares else None,
        covered=shares is not None,
        shares=shares or Shares(),
        service_date=day,
    )
    return [*(("order", fact) for fact in dispatch), ("coverage", decided)]


def report(order_id: str, report_id: str, object_id: str, day: date, told: str) -> WorkReported:
    return WorkReported(
        report_id=report_id,
        order_id=order_id,
        object_id=object_id,
        technician_id="t",
        service_date=day,
        items=tuple(item(*each.split()) for each in told.split(", ")),
    )


def item(kind: str, quantity: str, article: str | None = None) -> WorkItem:
    return WorkItem.model_validate({"kind": kind, "quantity": quantity, "article": article})


@pytest.fixture
def settings(tmp_path: Path, database: SecretStr | None) -> InvoicingSettings:
    return InvoicingSettings(data=tmp_path, database=database, log_level="error", business_day=NEW_YEAR)


@pytest.fixture
def made_firm() -> type[Firm]:
    return Firm


@pytest.fixture
async def firm(settings: InvoicingSettings) -> AsyncIterator[Firm]:
    async with trial(invoicing=build(settings)) as suite:
        firm = Firm(suite)
        await firm.open()
        yield firm
