"""Moves that come at the same time never close a circle, on a real store (promise 7)."""

import asyncio
import random

from carnet.kernel.trial import Trial

NODES, MOVES = 8, 40


async def test_concurrent_moves_leave_a_tree(suite: Trial) -> None:
    chance = random.Random(7)
    ids = [await register(suite, n, None) for n in range(NODES)]
    moves = [chance.sample(ids, 2) for _ in range(MOVES)]
    answers = await asyncio.gather(*(move(suite, node, parent) for node, parent in moves))
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
