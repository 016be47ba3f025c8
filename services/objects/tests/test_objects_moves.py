"""Moves that come at the same time never close a circle, on a real store (promise 7)."""

import asyncio
import random
from collections.abc import Iterator

import pytest

from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.kept import WORTH
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.testing import Counting
from carnet.kernel.trial import Trial
from carnet.objects.domain.structure import Move, NodeMoved, State, structure
from carnet.objects.streams import STRUCTURE, Streams

NODES, MOVES = 8, 40
OFFICE = Because("anna", "c0ffee")


async def test_concurrent_moves_leave_a_tree(suite: Trial) -> None:
    chance = random.Random(7)
    ids = [await register(suite, n, None) for n in range(NODES)]
    wanted = [chance.sample(ids, 2) for _ in range(MOVES)]
    answers = await asyncio.gather(*(move(suite, node, parent) for node, parent in wanted))
    assert set(answers) <= {200, 409}
    assert 200 in answers
    await suite.settle()
    for node_id in ids:
        way = (await suite.get(f"/objects/items/{node_id}/cockpit")).json()["way"]
        assert way[-1]["id"] == node_id
        assert (await suite.get(f"/objects/items/{way[0]['id']}")).json()["parent_id"] is None


async def register(suite: Trial, n: int, parent_id: str | None) -> str:
    body = {"number": f"N{n}", "name": f"Node {n}", "kind": "part", "parent_id": parent_id}
    return str((await suite.post("/objects/items", body)).json()["id"])


async def move(suite: Trial, node_id: str, parent_id: str) -> int:
    return (await suite.post(f"/objects/items/{node_id}/moves", {"parent_id": parent_id})).status_code


async def test_of_two_moves_that_close_a_circle_together_one_is_taken(suite: Trial) -> None:
    for n in range(5):
        one, two = await register(suite, 2 * n, None), await register(suite, 2 * n + 1, None)
        answers = await asyncio.gather(move(suite, one, two), move(suite, two, one))
        assert sorted(answers) == [200, 409]


async def test_a_move_reads_what_came_since_the_last_one_however_many_there_were() -> None:
    store = Counting()
    for n in range(2 * WORTH):
        await moved(store, up(f"n{n}"))
    before = store.read_events
    await moved(store, up("last"))
    assert store.read_events - before <= 2


async def test_a_circle_through_old_moves_is_refused() -> None:
    store = Counting()
    for n in range(2 * WORTH):
        await moved(store, Move(node_id=f"n{n}", first_parent_id=None, lineage=(f"n{n + 1}",)))
    with pytest.raises(Rejected, match="under itself"):
        await moved(store, Move(node_id=f"n{2 * WORTH}", first_parent_id=None, lineage=("n0",)))


async def test_what_is_kept_of_the_moves_decides_as_all_of_them_do() -> None:
    chance, store = random.Random(11), MemoryEventStore()
    first = {f"n{n}": f"n{chance.randrange(n)}" if n else None for n in range(NODES)}
    for _ in range(300):
        node, target = chance.sample(sorted(first), 2)
        move = Move(node_id=node, first_parent_id=first[node], lineage=tuple(lineage(target, first)))
        whole = structure.fold([STRUCTURE.decode(event) for event in await store.read("structure")])
        assert await outcome(store, move) == decided(move, whole)


async def moved(store: MemoryEventStore, move: Move) -> list[NodeMoved]:
    return list((await Streams(store).structure().handle(move, OFFICE)).events)


def lineage(node: str | None, first: dict[str, str | None]) -> Iterator[str]:
    while node is not None:
        yield node
        node = first[node]


async def outcome(store: MemoryEventStore, move: Move) -> list[NodeMoved] | str:
    try:
        return await moved(store, move)
    except Rejected as refused:
        return str(refused)


def decided(move: Move, state: State) -> list[NodeMoved] | str:
    try:
        return structure.decide(move, state)
    except Rejected as refused:
        return str(refused)


def up(node_id: str) -> Move:
    return Move(node_id=node_id, first_parent_id="house")
