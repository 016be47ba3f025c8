"""Whatever the order in which the other contexts' streams arrive, the rows end the same (promise 6)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, create_engine, select

from carnet.events.fact import Address, Fact
from carnet.events.objects import ObjectMoved, ObjectRegistered, PartyChanged, PartyRegistered, SiteRegistered
from carnet.kernel.notice import Heard, Notice
from carnet.kernel.rows import live, write
from carnet.notifications.read_models import objects, parties

MODELS = (objects.objects, parties.parties)
TABLES = [table for model in MODELS for table in model.tables]
HOME = Address(street="Grand-Rue", house_number="7", postcode="1260", city="Nyon")
PARTY = PartyRegistered(party_id="k3", number="K3", name="Hôtel", address=HOME, email="hotel@tilleuls.example")
STREAMS: dict[str, Sequence[Fact]] = {
    "party-k3": (PARTY, PartyChanged(**PARTY.model_dump() | {"email": None, "language": "de"})),
    "site-s1": (SiteRegistered(site_id="s1", number="S1", name="Hôtel", address=HOME),),
    "site-s2": (SiteRegistered(site_id="s2", number="S2", name="Annexe"),),
    "object-m": (ObjectRegistered(object_id="m", number="M", name="Monte-plats", kind="lift", site_id="s1"),),
    "structure": (
        ObjectMoved(object_id="m", parent_id="s2", site_id="s2"),
        ObjectMoved(object_id="m", parent_id=None, site_id=None),
        ObjectMoved(object_id="m", parent_id="s2", site_id="s2"),
    ),
}
ORDER = [stream for stream, facts in STREAMS.items() for _ in facts]


def played(order: Sequence[str]) -> Iterator[Fact]:
    """Give the facts as their streams take turns, each stream in its own order."""
    left = {stream: iter(facts) for stream, facts in STREAMS.items()}
    yield from (next(left[stream]) for stream in order)


def heard(fact: Fact) -> Heard[Any]:
    return Heard(fact, Notice("t", "s", 0, -1, 0, fact.TYPE, b"", "/carnet", datetime(2026, 1, 1, tzinfo=UTC), "c", ""))


def rows(order: Sequence[str]) -> tuple[list[dict[str, Any]], objects.Standing | None]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, [SQLModel.metadata.tables[str(table.__tablename__)] for table in TABLES])
    with engine.begin() as connection:
        for fact in played(order):
            for model in MODELS:
                if isinstance(fact, model.hears):
                    write(connection, live(*model.tables), model.changes(heard(fact)))
    with Session(engine) as session:
        found = [row.model_dump() for table in TABLES for row in session.exec(select(table)).all()]
        return sorted(found, key=str), objects.find(session, "m")


@given(st.permutations(ORDER))
def test_any_interleaving_ends_in_the_same_rows(order: list[str]) -> None:
    assert rows(order) == rows(ORDER)


def test_an_object_stands_where_it_was_moved_last() -> None:
    assert rows(ORDER)[1] == objects.Standing("Monte-plats", "Annexe", None)
    assert rows([stream for stream in ORDER if stream != "structure"])[1] == objects.Standing(
        "Monte-plats", "Hôtel", HOME.model_dump()
    )


def test_an_object_without_its_site_is_not_known_yet() -> None:
    assert rows(["object-m"])[1] is None
    assert rows(["structure", "site-s2"])[1] is None


def test_a_part_stands_where_its_machine_was_moved_to() -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, [SQLModel.metadata.tables[str(table.__tablename__)] for table in TABLES])
    told = (
        SiteRegistered(site_id="s1", number="S1", name="Hôtel"),
        SiteRegistered(site_id="s2", number="S2", name="Annexe"),
        SiteRegistered(site_id="cellar", number="C", name="Cellar", kind="place", parent_id="s1"),
        ObjectRegistered(object_id="m", number="M", name="Lift", kind="lift", parent_id="cellar", site_id="s1"),
        ObjectRegistered(object_id="p", number="P", name="Brake", kind="part", parent_id="m", site_id="s1"),
    )
    for moves, site in (
        ((), "Hôtel"),
        ((ObjectMoved(object_id="cellar", parent_id="s2", site_id="s2"),), "Annexe"),
        ((ObjectMoved(object_id="m", parent_id="s1", site_id="s1"),), "Hôtel"),
    ):
        with engine.begin() as connection:
            for fact in (*told, *moves):
                write(connection, live(*objects.objects.tables), objects.changes(heard(fact)))
        with Session(engine) as session:
            assert objects.find(session, "p") == objects.Standing("Brake", site)
