"""Whatever the order in which the other contexts' streams arrive, the rows end the same (promise 6)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

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


@contextmanager
def told(scratch: Engine, facts: Iterable[Fact]) -> Iterator[Session]:
    """Look at what facts leave behind in empty tables."""
    SQLModel.metadata.create_all(scratch, list(live(*TABLES).values()))
    with scratch.connect() as connection, Session(connection) as session:
        for fact in facts:
            for model in MODELS:
                if isinstance(fact, model.hears):
                    write(connection, live(*model.tables), model.changes(heard(fact)))
        yield session


def rows(scratch: Engine, order: Sequence[str]) -> tuple[list[dict[str, Any]], objects.Standing | None]:
    with told(scratch, played(order)) as session:
        found = [row.model_dump() for table in TABLES for row in session.exec(select(table)).all()]
        return sorted(found, key=str), objects.find(session, "m")


@given(st.permutations(ORDER))
def test_any_interleaving_ends_in_the_same_rows(scratch: Engine, order: list[str]) -> None:
    assert rows(scratch, order) == rows(scratch, ORDER)


def test_an_object_stands_where_it_was_moved_last(scratch: Engine) -> None:
    assert rows(scratch, ORDER)[1] == objects.Standing("Monte-plats", "Annexe", None)
    assert rows(scratch, [stream for stream in ORDER if stream != "structure"])[1] == objects.Standing(
        "Monte-plats", "Hôtel", HOME.model_dump()
    )


def test_an_object_without_its_site_is_not_known_yet(scratch: Engine) -> None:
    assert rows(scratch, ["object-m"])[1] is None
    assert rows(scratch, ["structure", "site-s2"])[1] is None


def test_a_part_stands_where_its_machine_was_moved_to(scratch: Engine) -> None:
    first: tuple[Fact, ...] = (
        SiteRegistered(site_id="s1", number="S1", name="Hôtel"),
        SiteRegistered(site_id="s2", number="S2", name="Annexe"),
        SiteRegistered(site_id="cellar", number="C", name="Cellar", kind="place", parent_id="s1"),
        ObjectRegistered(object_id="m", number="M", name="Lift", kind="lift", parent_id="cellar", site_id="s1"),
        ObjectRegistered(object_id="p", number="P", name="Brake", kind="part", parent_id="m", site_id="s1"),
    )
    away = ObjectMoved(object_id="cellar", parent_id="s2", site_id="s2")
    back = ObjectMoved(object_id="m", parent_id="s1", site_id="s1")
    for moves, site in (((), "Hôtel"), ((away,), "Annexe"), ((away, back), "Hôtel")):
        with told(scratch, (*first, *moves)) as session:
            assert objects.find(session, "p") == objects.Standing("Brake", site)
