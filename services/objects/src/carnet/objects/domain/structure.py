"""A node that has its place is moved elsewhere in the tree, but never under itself.

All moves are decided on one stream. A node's first parent stands in its own registration and never
changes, and was registered before it; so the chain of first parents of a move's target (its lineage) is
a fact whenever it is read. A move records the lineage of its target: with it and the moves before,
the way from any node up to the top is known at the stream's head, and two moves that would close a
circle together cannot both be taken (promise 7).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.kernel.decider import Decider, Rejected
from carnet.kernel.layers import Layers


class NodeMoved(BaseModel, frozen=True):
    """`lineage` is the new parent, its first parent, and so on to the top; empty where the node is now at the top."""

    type: Literal["node-moved.v1"] = "node-moved.v1"
    node_id: str
    parent_id: str | None = None
    site_id: str | None = None
    valid_from: date | None = None
    lineage: tuple[str, ...] = ()


class Move(BaseModel, frozen=True):
    """Hang a node under `lineage[0]`, or at the top; `first_parent_id` is where the node was registered."""

    node_id: str
    first_parent_id: str | None
    lineage: tuple[str, ...] = ()
    site_id: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class State:
    """The present parents of all nodes that a move has named."""

    parents: Layers[str, str | None] = field(default_factory=Layers)


Event: TypeAlias = NodeMoved
Command: TypeAlias = Move


def first_parents(lineage: tuple[str, ...]) -> dict[str, str | None]:
    return dict(zip(lineage, (*lineage[1:], None), strict=True)) if lineage else {}


def upwards(node: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    while node is not None:
        yield node
        node = parents[node]


def decide(command: Command, state: State) -> list[Event]:
    nearby = first_parents(command.lineage) | {command.node_id: command.first_parent_id}
    parents = Layers(nearby, state.parents)
    target = command.lineage[0] if command.lineage else None
    if parents[command.node_id] == target:
        return []
    if command.node_id in upwards(target, parents):
        raise Rejected("A node cannot hang under itself: choose a parent that is not below it.")
    return [NodeMoved(parent_id=target, **command.model_dump(exclude={"first_parent_id"}))]


def evolve(state: State, event: Event) -> State:
    first = {node: up for node, up in first_parents(event.lineage).items() if node not in state.parents}
    return State(state.parents | {**first, event.node_id: event.parent_id})


structure = Decider[Command, State, Event](initial=State(), decide=decide, evolve=evolve)
