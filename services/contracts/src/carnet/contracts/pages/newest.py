"""A contract as it stands, for pages that are asked for it."""

from carnet.contracts.domain import contract
from carnet.contracts.domain.terms import Version
from carnet.contracts.read_models import nodes
from carnet.contracts.streams import CONTRACTS
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import Unknown


async def newest(runtime: Runtime, contract_id: str) -> Version:
    """Give the newest version; raises Unknown."""
    if (version := contract.newest(await runtime.state(CONTRACTS, contract_id))) is None:
        raise Unknown("The contract {id}", id=contract_id)
    return version


async def names_of(runtime: Runtime, version: Version) -> dict[str, nodes.NodeRow]:
    """Give the objects of its positions that are known here, by id."""
    object_ids = [position.object_id for position in version.terms.positions]
    return await runtime.query(lambda session: nodes.names(session, object_ids))
