"""Objects come from sales orders and production orders, by HTTP and by bus, once."""

from datetime import date
from decimal import Decimal
from typing import Any

from carnet.events.inbound import BillOfMaterials, ProductionOrder, SalesOrder
from carnet.kernel.trial import Trial


def bill() -> BillOfMaterials:
    return of(
        "MC-1000",
        of("GT-5", of("M-7.5"), of("F-200")),
        of("AC-3", of("CPU-3"), of("VF-11")),
        of("CB-10", of("OP-2")),
        of("PP", quantity=4),
        of("BOLT", quantity=48, serviceable=False),
        serial_number="RA-2026-017",
    )


def of(article: str, *parts: BillOfMaterials, quantity: int = 1, **more: Any) -> BillOfMaterials:
    return BillOfMaterials(article=article, name=article, parts=parts, quantity=Decimal(quantity), **more)


BUILT = ProductionOrder(
    id="erp-17",
    number="FA-2026-017",
    finished_on=date(2026, 5, 4),
    customer_number="K1",
    parent_number="PARC",
    product=bill(),
)
SOLD = SalesOrder(
    id="crm-41",
    number="SO-2026-041",
    ordered_on=date(2026, 3, 24),
    customer_number="K1",
    object_number="LW-1",
    object_name="LiftWatch",
    object_kind="licence",
)


async def register_customer_and_site(suite: Trial) -> None:
    await suite.post("/objects/parties", {"number": "K1", "name": "PPE Résidence du Parc"})
    await suite.post("/objects/sites", {"number": "PARC", "name": "Résidence du Parc", "kind": "project"})


async def objects(suite: Trial) -> list[dict[str, Any]]:
    await suite.settle()
    found: list[dict[str, Any]] = (await suite.get("/objects/items", params={"limit": 500})).json()["items"]
    return found


async def test_a_production_order_by_http_gives_13_objects_and_again_none(suite: Trial) -> None:
    await register_customer_and_site(suite)
    for _ in range(2):
        answer = await suite.post("/objects/inbound/production-orders", BUILT.model_dump(mode="json"))
        assert answer.status_code == 201, answer.text
        assert len(answer.json()["objects"]) == 13
    found = await objects(suite)
    assert len(found) == 13
    assert {each["origin"] for each in found} == {"FA-2026-017"}
    machine = next(each for each in found if each["number"] == "FA-2026-017/MC-1000")
    assert (machine["serial_number"], machine["registered_on"]) == ("RA-2026-017", "2026-05-04")
    below = (await suite.get("/objects/tree", params={"parent": machine["id"]})).json()["items"]
    assert [branch["name"] for branch in below] == ["AC-3", "CB-10", "GT-5", "PP 1", "PP 2", "PP 3", "PP 4"]


async def test_orders_by_bus_wait_for_their_customer_and_come_once(suite: Trial) -> None:
    await suite.publish("sales", SOLD, SOLD)
    await suite.publish("production", BUILT)
    await suite.settle()
    assert await objects(suite) == []
    waiting = (await suite.get("/objects/ops/waiting")).json()
    assert {"Register the customer K1 first."} <= {each["note"] for each in waiting}
    await register_customer_and_site(suite)
    while (await suite.get("/objects/ops/waiting")).json():
        await suite.settle()
    assert len(await objects(suite)) == 14


async def test_the_same_order_by_http_and_by_bus_is_one(suite: Trial) -> None:
    await register_customer_and_site(suite)
    first = await suite.post("/objects/inbound/sales-orders", SOLD.model_dump(mode="json"))
    assert [each["number"] for each in first.json()["objects"]] == ["LW-1"]
    await suite.publish("sales", SOLD)
    await suite.settle()
    assert len(await objects(suite)) == 1
    assert (await suite.get("/objects/ops/dead-letters")).json() == []


async def test_an_order_sent_again_when_its_parent_has_moved_adds_nothing(suite: Trial) -> None:
    await register_customer_and_site(suite)
    here, there = [
        (await suite.post("/objects/sites", {"number": number, "name": number})).json()["id"] for number in "12"
    ]
    machine = {"number": "M", "name": "Lift", "kind": "lift", "parent_id": here}
    known = (await suite.post("/objects/items", machine)).json()["id"]
    sold = SOLD.model_copy(update={"parent_number": "M"}).model_dump(mode="json")
    assert (await suite.post("/objects/inbound/sales-orders", sold)).status_code == 201
    await suite.post(f"/objects/items/{known}/moves", {"parent_id": there})
    await suite.settle()
    assert (await suite.post("/objects/inbound/sales-orders", sold)).status_code == 201
    assert len(await objects(suite)) == 2
    assert (await suite.get("/objects/ops/dead-letters")).json() == []


async def test_an_order_for_what_is_unknown_is_refused_with_a_sentence(suite: Trial) -> None:
    early = await suite.post("/objects/inbound/sales-orders", SOLD.model_dump(mode="json"))
    assert (early.status_code, early.json()["detail"]) == (409, "Register the customer K1 first.")
    await register_customer_and_site(suite)
    lost = SOLD.model_copy(update={"parent_number": "NOWHERE"})
    answer = await suite.post("/objects/inbound/sales-orders", lost.model_dump(mode="json"))
    assert (answer.status_code, answer.json()["detail"]) == (409, "Register the object or site NOWHERE first.")


async def test_a_bad_order_names_its_field(suite: Trial) -> None:
    body = BUILT.model_dump(mode="json") | {"finished_on": "yesterday"}
    answer = await suite.post("/objects/inbound/production-orders", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "finished_on")
