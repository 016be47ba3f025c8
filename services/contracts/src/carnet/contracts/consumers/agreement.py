"""Under which contract an order falls: the one that it names, else the one that covers its object."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from carnet.contracts.domain import contract
from carnet.contracts.domain.applicable import nearest
from carnet.contracts.domain.terms import Version
from carnet.contracts.read_models import contracts, nodes
from carnet.contracts.streams import CONTRACTS
from carnet.contracts.streams.day_run import own_facts_seen
from carnet.events.dispatch import OrderCreated
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


class Agreement(NamedTuple):
    """The contract's newest version (None: no contract), and the order's object with what it is a part of."""

    version: Version | None
    object_ids: Sequence[str]


def expected_on(order: OrderCreated) -> date:
    """Give the day for which an order's coverage is judged: when it is due, else when it was created."""
    return order.due_on or order.created_on


async def agreement_of(runtime: Runtime, order: OrderCreated) -> Agreement:
    """Find an order's contract; raises NotYet while its object or its contract is not known here."""
    if order.order_type == "internal":
        return Agreement(None, (order.object_id,))
    object_ids = await lineage_of(runtime, order.object_id)
    if order.contract_id:
        return Agreement(await newest(runtime, order.contract_id), object_ids)
    rows = await runtime.query(lambda session: contracts.covering(session, object_ids))
    return Agreement(nearest(map(contracts.version_of, rows), object_ids, expected_on(order)), object_ids)


async def lineage_of(runtime: Runtime, object_id: str) -> list[str]:
    """Give an object and what it is a part of; none where an order is for a site. Raises NotYet."""
    if not await own_facts_seen(runtime):
        raise NotYet("the contracts signed before this order")
    found = await runtime.query(lambda session: nodes.lineage(session, object_id))
    if found and not found[-1].known:
        raise NotYet(f"object {found[-1].node_id}")
    return [node.node_id for node in found]


async def newest(runtime: Runtime, contract_id: str) -> Version:
    if (version := contract.newest(await runtime.state(CONTRACTS, contract_id))) is None:
        raise NotYet(f"contract {contract_id}")
    return version
