"""The tree as its streams tell it, exact at any moment: first parents from the nodes, moves from `structure`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

from carnet.objects.domain.placement import TOP, Placement
from carnet.objects.domain.structure import Move
from carnet.objects.streams import Streams


@dataclass(frozen=True)
class Node:
    """A registered node: where it was registered, and whether it is a site (a building with an address)."""

    node_id: str
    first_parent_id: str | None
    is_site: bool = False
    is_object: bool = False


@dataclass(frozen=True)
class Tree:
    """Reads what a registration or a move needs to know of the nodes above it."""

    streams: Streams

    async def node(self, node_id: str) -> Node | None:
        """Find a node by its id, None where none is registered so."""
        if registered := (await self.streams.object(node_id).state()).registered:
            return Node(node_id, registered.parent_id, is_object=True)
        if place := (await self.streams.site(node_id).state()).registered:
            return Node(node_id, place.parent_id, is_site=place.kind == "site")
        return None

    async def placement(self, parent_id: str | None) -> Placement:
        """Give where a node registered under this parent stands; the domain refuses one that is not registered."""
        if parent_id is None:
            return TOP
        if await self.node(parent_id) is None:
            return Placement(parent_id=parent_id, parent_registered=False)
        return Placement(parent_id=parent_id, site_id=await self.site_above(parent_id))

    async def move(self, node: Node, parent_id: str | None, valid_from: date | None) -> Move:
        """Prepare the move of a node under a registered parent, or to the top."""
        lineage = tuple([each.node_id async for each in self.first_ancestors(parent_id)])
        return Move(
            node_id=node.node_id,
            first_parent_id=node.first_parent_id,
            lineage=lineage,
            site_id=await self.site_above(parent_id),
            valid_from=valid_from,
        )

    async def first_ancestors(self, node_id: str | None) -> AsyncIterator[Node]:
        """Give a node, its first parent, and so on to the top."""
        while node_id is not None and (node := await self.node(node_id)):
            yield node
            node_id = node.first_parent_id

    async def site_above(self, node_id: str | None) -> str | None:
        """Give the nearest site from this node up, as the tree stands now."""
        moved = (await self.streams.structure().state()).parents
        while node_id is not None and (node := await self.node(node_id)):
            if node.is_site:
                return node_id
            node_id = moved.get(node_id, node.first_parent_id)
        return None
