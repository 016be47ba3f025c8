"""A contract that a request names by its id or by its number."""

from carnet.contracts.domain import contract
from carnet.contracts.domain.terms import Version
from carnet.contracts.streams import CONTRACTS, contract_id_of
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import Unknown


async def existing(runtime: Runtime, contract_id: str) -> Version:
    """Give a contract's newest version from its stream; raises Unknown."""
    for name in (contract_id, contract_id_of(contract_id)):
        if (version := contract.newest(await runtime.state(CONTRACTS, name))) is not None:
            return version
    raise Unknown("The contract {id}", id=contract_id)
