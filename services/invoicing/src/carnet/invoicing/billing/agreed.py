"""A published version of a contract, as its billing needs it."""

from carnet.events.contracts import ContractVersion
from carnet.invoicing.domain.terms import ContractTerms


def terms_of(agreed: ContractVersion) -> ContractTerms | None:
    """Give the terms that a bill follows from, None where no fee is billed; positions without a price are free."""
    if agreed.billing is None or agreed.kind == "subscription":
        return None
    terms = ContractTerms.model_validate(agreed, from_attributes=True)
    return terms.model_copy(update={"positions": tuple(each for each in terms.positions if each.prices)})
