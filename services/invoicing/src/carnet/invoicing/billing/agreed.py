"""A published version of a contract, as its billing needs it."""

from carnet.events.contracts import ContractVersion
from carnet.invoicing.domain.terms import ContractTerms


def terms_of(agreed: ContractVersion) -> ContractTerms | None:
    """Give the terms that a bill follows from, None where no fee is billed; positions without a price are free."""
    if agreed.billing is None or agreed.kind == "subscription":
        return None
    told = agreed.model_dump(exclude={"positions", "cycles", "coverage", "reactions", "number"})
    priced = [position.model_dump() for position in agreed.positions if position.prices]
    return ContractTerms.model_validate({**told, "positions": priced})
