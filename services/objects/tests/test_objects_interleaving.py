"""Whatever order the streams are heard in, the rows and what is found are the same (promise 6)."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Connection, Engine, text

from carnet.events import contracts, dispatch
from carnet.kernel.codec import stored_name
from carnet.kernel.notice import OWN_STORE, Heard, Notice
from carnet.kernel.projection import ReadModel, create_tables
from carnet.kernel.rows import live
from carnet.objects.domain.address import Address
from carnet.objects.domain.object import FieldValued, ObjectRegistered, ObjectRetired
from carnet.objects.domain.party import Particulars, PartyChanged, PartyRegistered
from carnet.objects.domain.site import SiteRegistered
from carnet.objects.domain.structure import NodeMoved
from carnet.objects.read_models.nodes import NODES
from carnet.objects.read_models.orders import ORDERS

DAY, NOON = date(2026, 5, 1), datetime(2026, 5, 1, 10, tzinfo=UTC)
HOUSE = Address(street="Ch. des Fleurettes", house_number="12", postcode="1007", city="Lausanne")

OWN: list[list[BaseModel]] = [
    [
        PartyRegistered(party_id="k1", number="K1", particulars=Particulars(name="PPE Parc")),
        PartyChanged(party_id="k1", number="K1", particulars=Particulars(name="PPE Bellevue")),
    ],
    [SiteRegistered(site_id="s1", number="S1", name="Fleurettes 12", address=HOUSE, owner_id="k1")],
    [SiteRegistered(site_id="s2", number="S2", name="Colline")],
    [
        ObjectRegistered(
            object_id="a", number="A", name="Lift A", kind="lift", parent_id="s1", site_id="s1", debtor_id="k1"
        ),
        FieldValued(object_id="a", field="load", value="630", valid_from=DAY),
        ObjectRetired(object_id="a", retired_on=DAY),
    ],
    [ObjectRegistered(object_id="b", number="B", name="Lift B", kind="lift", parent_id="s2", site_id="s2")],
    [
        NodeMoved(node_id="s1", parent_id="s2", site_id="s2", lineage=("s2",)),
        NodeMoved(node_id="a", parent_id="s2", site_id="s2", lineage=("s2",)),
        NodeMoved(node_id="b", parent_id="s1", site_id="s1", lineage=("s1",)),
        NodeMoved(node_id="a", parent_id="s1", site_id="s1", lineage=("s1",)),
    ],
]
OTHERS: list[list[BaseModel]] = [
    [
        dispatch.OrderCreated(order_id="o", number="O-1", order_type="fault", object_id="a", created_on=DAY),
        dispatch.OrderPlanned(order_id="o", object_id="a", technician_ids=("t",), starts_at=NOON, ends_at=NOON),
        dispatch.OrderCancelled(order_id="o", object_id="a", reason="declined", cancelled_on=DAY),
    ],
    [contracts.ReactionPromised(order_id="o", object_id="a", contract_id="c", due_at=NOON)],
]
FTS5 = "SELECT node_id, f.text FROM objects_node JOIN objects_node_{0} f ON f.rowid = objects_node.rowid"
FULL_TEXT = {
    "sqlite": (FTS5.format("fts"), FTS5.format("words")),
    "postgresql": ("SELECT node_id, found FROM objects_node",),
}


def heard(fact: BaseModel, stream: int, revision: int) -> Heard[Any]:
    name = stored_name(type(fact)) if "type" in type(fact).model_fields else "published"
    place = Notice(OWN_STORE, f"s-{stream}", revision, revision - 1, 0, name, b"", "test", NOON, "", "")
    return Heard(fact, place)


def interleaved(streams: list[list[BaseModel]], chance: random.Random) -> list[Heard[Any]]:
    """Merge streams at random; each keeps its own order."""
    order = [n for n, stream in enumerate(streams) for _ in stream]
    chance.shuffle(order)
    revisions = [0] * len(streams)
    merged = []
    for n in order:
        merged.append(heard(streams[n][revisions[n]], n, revisions[n]))
        revisions[n] += 1
    return merged


def rows_after(scratch: Engine, model: ReadModel, events: list[Heard[Any]], chance: random.Random) -> list[Any]:
    """Project events in batches of any size; give all rows, and the full text of the nodes by their ids."""
    with scratch.begin() as connection:
        create_tables(connection, model)
    with scratch.connect() as connection:
        while events:
            size = chance.randint(1, len(events))
            batch, events = events[:size], events[size:]
            model.project(connection, live(*model.tables), batch)
        return dump(connection, model)


def dump(connection: Connection, model: ReadModel) -> list[Any]:
    rows = [sorted(map(repr, connection.execute(table.select()))) for table in live(*model.tables).values()]
    if model is NODES:
        rows += [sorted(map(repr, connection.execute(text(found)))) for found in FULL_TEXT[connection.dialect.name]]
    return rows


@pytest.mark.parametrize(("model", "streams"), [(NODES, OWN), (ORDERS, OTHERS)], ids=["nodes", "orders"])
@settings(max_examples=60, deadline=None)
@every(chance=st.randoms(use_true_random=False))
def test_any_interleaving_ends_in_the_same_rows(
    scratch: Engine, model: ReadModel, streams: list[list[BaseModel]], chance: random.Random
) -> None:
    plain = [heard(fact, n, revision) for n, stream in enumerate(streams) for revision, fact in enumerate(stream)]
    expected = rows_after(scratch, model, plain, random.Random(1))
    assert rows_after(scratch, model, interleaved(streams, chance), chance) == expected
