"""What sites and objects have in common over HTTP: they are moved, and people are responsible for them."""

from datetime import date
from typing import Literal

from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, Commander
from carnet.kernel.web.problems import Unknown
from carnet.objects.api.forms import Form, check_parent, check_party
from carnet.objects.domain.responsibility import AssignResponsibility
from carnet.objects.streams import Streams
from carnet.objects.streams.tree import Node, Tree


class NewPlace(Form):
    """The parent from now on, null for the top."""

    parent_id: str | None
    valid_from: date | None = None


class NewResponsibility(Form):
    role: Literal["owner", "manager", "contact"]
    party_id: str
    valid_from: date | None = None


async def move(commands: Commander, node_id: str, body: NewPlace, *, is_object: bool) -> Answer:
    """Move a node on the stream that decides all moves; its revision is what the answer and If-Match speak of."""
    streams = Streams(commands.runtime.engines.store)
    node = await known_node(commands.runtime, node_id, is_object=is_object)
    await check_parent(commands.runtime, body.parent_id)
    command = await Tree(streams).move(node, body.parent_id, body.valid_from or commands.runtime.today())
    outcome = await streams.structure().handle(command, commands.because, commands.expected)
    return commands.answer(node_id, outcome)


async def known_node(runtime: Runtime, node_id: str, *, is_object: bool) -> Node:
    node = await Tree(Streams(runtime.engines.store)).node(node_id)
    if node is None or node.is_object != is_object:
        raise Unknown("The object {id}", id=node_id) if is_object else Unknown("The site {id}", id=node_id)
    return node


async def assignment(runtime: Runtime, body: NewResponsibility) -> AssignResponsibility:
    """Read who is responsible from when; refuse a party that is not registered."""
    await check_party(runtime, "party_id", body.party_id)
    return AssignResponsibility(role=body.role, party_id=body.party_id, valid_from=body.valid_from or runtime.today())
