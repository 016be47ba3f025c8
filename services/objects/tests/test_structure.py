"""Moves decided at the head of one stream never close a circle, whatever was known when they were asked for."""

from dataclasses import dataclass, field

from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given
from carnet.objects.domain.structure import Move, NodeMoved, State, structure

given = Given(structure)
# registered as: house > lift > car > door, and yard
under_house = ("house",)
under_car = ("car", "lift", "house")
under_door = ("door", "car", "lift", "house")


def test_a_node_is_moved_elsewhere() -> None:
    move = Move(node_id="lift", first_parent_id="house", lineage=("yard",), site_id="yard")
    assert given().when(move) == [NodeMoved(node_id="lift", parent_id="yard", site_id="yard", lineage=("yard",))]


def test_a_node_is_moved_to_the_top() -> None:
    move = Move(node_id="lift", first_parent_id="house")
    assert given().when(move) == [NodeMoved(node_id="lift", parent_id=None)]


def test_moving_twice_changes_nothing() -> None:
    moved = NodeMoved(node_id="lift", parent_id="yard", lineage=("yard",))
    assert given(moved).when(Move(node_id="lift", first_parent_id="house", lineage=("yard",))) == []


def test_a_move_to_where_it_stands_changes_nothing() -> None:
    assert given().when(Move(node_id="lift", first_parent_id="house", lineage=under_house)) == []


def test_a_node_does_not_hang_under_itself() -> None:
    given().refuses(Move(node_id="lift", first_parent_id="house", lineage=("lift", "house")), because="under itself")
    given().refuses(Move(node_id="lift", first_parent_id="house", lineage=under_door), because="under itself")


def test_two_moves_that_would_close_a_circle_together_are_not_both_taken() -> None:
    first = NodeMoved(node_id="house", parent_id="yard", lineage=("yard",))
    given(first).refuses(Move(node_id="yard", first_parent_id=None, lineage=under_car), because="under itself")


def test_what_was_moved_away_is_no_longer_below() -> None:
    away = NodeMoved(node_id="car", parent_id="yard", lineage=("yard",))
    move = Move(node_id="lift", first_parent_id="house", lineage=under_car)
    assert given(away).when(move) == [NodeMoved(node_id="lift", parent_id="car", lineage=under_car)]


@dataclass
class Tree:
    """First parents, the moves asked for but not yet decided, and the stream `structure`."""

    first: dict[str, str | None] = field(default_factory=lambda: {"n0": None})
    asked: list[Move] = field(default_factory=list)
    state: State = structure.initial

    def lineage(self, node: str | None) -> tuple[str, ...]:
        return () if node is None else (node, *self.lineage(self.first[node]))

    def node(self, n: int) -> str:
        return f"n{n % len(self.first)}"

    def register(self, under: int, _: int) -> None:
        self.first[f"n{len(self.first)}"] = self.node(under)

    def ask(self, node: int, target: int) -> None:
        name = self.node(node)
        lineage = self.lineage(self.node(target)) if target else ()
        self.asked.append(Move(node_id=name, first_parent_id=self.first[name], lineage=lineage))

    def settle(self, which: int, _: int) -> None:
        if not self.asked:
            return
        try:
            events = structure.decide(self.asked.pop(which % len(self.asked)), self.state)
        except Rejected:
            return
        for event in events:
            self.state = structure.evolve(self.state, event)

    def parents(self) -> dict[str, str | None]:
        return self.first | dict(self.state.parents)

    def has_a_circle(self) -> bool:
        parents = self.parents()
        return any(len(way_up(node, parents)) > len(parents) for node in parents)


def way_up(node: str | None, parents: dict[str, str | None]) -> list[str]:
    way: list[str] = []
    while node is not None and len(way) <= len(parents):
        way.append(node)
        node = parents[node]
    return way


steps = st.tuples(
    st.sampled_from([Tree.register, Tree.ask, Tree.ask, Tree.settle, Tree.settle]),
    st.integers(0, 9),
    st.integers(0, 9),
)


@settings(max_examples=300)
@every(st.lists(steps, min_size=5, max_size=60))
def test_concurrent_moves_never_close_a_circle(steps: list[tuple[object, int, int]]) -> None:
    tree = Tree()
    for act, one, other in steps:
        act(tree, one, other)  # type: ignore[operator]  # a step is one of Tree's methods
        assert not tree.has_a_circle()
    moved = {move.node_id for move in tree.asked}
    assert moved <= set(tree.first)


@every(st.lists(steps, min_size=5, max_size=40))
def test_any_move_repeated_adds_nothing(steps: list[tuple[object, int, int]]) -> None:
    tree = Tree()
    for act, one, other in steps:
        act(tree, one, other)  # type: ignore[operator]  # a step is one of Tree's methods
    for move in tree.asked:
        try:
            events = structure.decide(move, tree.state)
        except Rejected:
            continue
        assert structure.decide(move, fold(tree.state, events)) == []


def fold(state: State, events: list[NodeMoved]) -> State:
    for event in events:
        state = structure.evolve(state, event)
    return state
