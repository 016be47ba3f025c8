"""What was sold or built becomes objects in the tree: one from a sales order, a branch from a production order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.sentence import Sentence
from carnet.kernel.streams import Outcome
from carnet.objects.domain.bill_of_materials import Piece
from carnet.objects.domain.identity import object_id, party_id, site_id
from carnet.objects.domain.object import Register
from carnet.objects.domain.placement import Placement
from carnet.objects.streams import Streams
from carnet.objects.streams.tree import Tree


class Missing(Rejected):
    """What an order names is not registered yet: an order from another system may come before it."""


@dataclass(frozen=True)
class Delivery:
    """The order that objects come from: its number, its day and the customer whose objects they are."""

    origin: str
    day: date
    customer_number: str


@dataclass(frozen=True)
class Deliveries:
    """Registers the objects of orders."""

    streams: Streams

    async def register(self, delivery: Delivery, pieces: Iterable[Piece], because: Because) -> list[Outcome[Any, Any]]:
        """Register pieces, parents first; those that are registered already so add nothing.

        Raises Missing for an unknown customer or parent, Rejected for a number that is another object's.
        """
        debtor = await self.customer(delivery.customer_number)
        outcomes = []
        for piece in pieces:
            command = register(delivery, piece, debtor, await self.placement(piece.parent_number))
            outcomes.append(await self.streams.object(command.object_id).handle(command, because))
        return outcomes

    async def customer(self, number: str) -> str:
        if await self.streams.party(party_id(number)).state() is None:
            raise Missing(Sentence("Register the customer {number} first.", number=number))
        return party_id(number)

    async def placement(self, parent_number: str | None) -> Placement:
        """Find the parent by its number: an object's, else a site's."""
        tree = Tree(self.streams)
        if parent_number is None:
            return await tree.placement(None)
        for node_id in (object_id(parent_number), site_id(parent_number)):
            if await tree.node(node_id) is not None:
                return await tree.placement(node_id)
        raise Missing(Sentence("Register the object or site {number} first.", number=parent_number))


def register(delivery: Delivery, piece: Piece, debtor_id: str, placement: Placement) -> Register:
    return Register(
        object_id=object_id(piece.number),
        number=piece.number,
        name=piece.name,
        kind=piece.kind,
        category=piece.article or None,
        placement=placement,
        debtor_id=debtor_id,
        serial_number=piece.serial_number,
        origin=delivery.origin,
        registered_on=delivery.day,
    )
