"""Promise 6: streams may be heard in any order among each other; the appends and the rows end the same."""

from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import select

from carnet.events.contracts import ContractAmended, ContractSigned
from carnet.events.fact import Fact
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.invoicing.app import INVOICING, build
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.trial import trial

NEW_YEAR = date(2026, 1, 1)
PRICES = {"labour": ("h", "145.00"), "travel": ("km", "1.20"), "guide-shoes": ("piece", "128.90")}


def facts(firm: Any) -> dict[str, list[Fact]]:
    """What is published, by stream: a party, an object, a contract with its amendment, one covered visit."""
    lanes: dict[str, list[Fact]] = {
        "party-K1": [PartyRegistered(party_id="K1", number="K1", name="PPE", address=firm.address)],
        "object-A": [ObjectRegistered(object_id="A", number="A", name="Lift A", kind="lift", debtor_id="K1")],
        "contract-c-1": [
            ContractSigned(contract_id="c-1", terms=firm.version(1, firm.lift_a)),
            ContractAmended(contract_id="c-1", terms=firm.version(2, firm.lift_a, firm.door_c)),
        ],
    }
    done = ("service 3.00, km 24, part 1 guide-shoes", "service 3.00")
    for topic, fact in firm.order_facts("v2", "A", date(2026, 4, 15), done, firm.covered, "maintenance"):
        lanes.setdefault(f"{topic}-v2", []).append(fact)
    return lanes


async def outcome(folder: Path, made_firm: Any, seed: int) -> Any:
    """Publish in one of the many orders; give all that was stored and all rows."""
    settings = InvoicingSettings(data=folder, log_level="error", business_day=NEW_YEAR)
    async with trial(invoicing=build(settings)) as suite:
        firm, chance = made_firm(suite), Random(seed)  # which order, not a secret
        for article, (unit, price) in PRICES.items():
            told = {"article": article, "name": article, "unit": unit, "kind": "part", "price": price}
            await firm.ask("POST", "/invoicing/articles", {**told, "valid_from": "2026-01-01"})
        lanes = facts(firm)
        while any(lanes.values()):
            stream = chance.choice([stream for stream, lane in lanes.items() if lane])
            await suite.publish(stream, lanes[stream].pop(0))
        await at_rest(suite)
        await firm.run(date(2026, 5, 1))
        await at_rest(suite)
        return await stored(suite), await rows(suite)


async def at_rest(suite: Any) -> None:
    await suite.settle()
    while (await suite.get("/invoicing/ops/waiting")).json():
        await suite.settle()
    await suite.settle()


async def stored(suite: Any) -> list[tuple[str, str, bytes]]:
    """Everything in the store; which fact of an order was noted first is the only thing that may differ."""
    events = await suite.runtime("invoicing").engines.store.read_all()
    return sorted((event.stream, event.type, event.data) for event in events)


async def rows(suite: Any) -> dict[str, list[str]]:
    tables = [table for model in INVOICING.read_models for table in model.tables]
    runtime = suite.runtime("invoicing")
    return {
        str(table.__tablename__): sorted(
            map(str, await runtime.query(lambda session, of=table: [told(r) for r in session.exec(select(of))]))
        )
        for table in tables
    }


def told(row: Any) -> dict[str, Any]:
    """Give a row without the times at which events were recorded: two runs do not share a clock."""
    return {name: value for name, value in row.model_dump().items() if not isinstance(value, datetime)}


async def test_any_order_of_streams_ends_the_same(tmp_path: Path, made_firm: Any) -> None:
    first, *others = [await outcome(tmp_path / str(seed), made_firm, seed) for seed in range(4)]
    assert others == [first, first, first]
    assert sum("R2026-000" in row for row in first[1]["invoicing_document"]) == 2
