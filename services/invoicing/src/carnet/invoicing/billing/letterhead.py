"""What all documents of one debtor have in common: who bills, who receives the post, on which terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.document import Address, Recipient, Supplier
from carnet.invoicing.read_models import parties
from carnet.invoicing.read_models.parties import PartyRow
from carnet.invoicing.settings import InvoicingSettings
from carnet.invoicing.streams import DEBTORS
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime

ROOM: Final = {"name": 70, "street": 70, "house_number": 16, "postcode": 16, "city": 35}  # characters (type S)


@dataclass(frozen=True)
class Letterhead:
    """The supplier, the recipient and the debtor's terms; the language is that of the terms."""

    supplier: Supplier
    recipient: Recipient
    terms: DebtorTerms


def house(runtime: Runtime) -> InvoicingSettings:
    """Give the service's own settings."""
    return cast(InvoicingSettings, runtime.settings)


async def terms_of(runtime: Runtime, debtor_id: str | None) -> DebtorTerms:
    """Give a debtor's terms; who has none gets the house's, in the party's language where that is known."""
    if debtor_id is None:
        return house_terms(house(runtime))
    if (terms := await runtime.state(DEBTORS, debtor_id)) is not None:
        return terms
    party = await runtime.query(lambda session: parties.one(session, debtor_id))
    own = {"language": party.language} if party else {}
    return house_terms(house(runtime)).model_copy(update=own)


def house_terms(settings: InvoicingSettings) -> DebtorTerms:
    """Give the terms of who has none of its own."""
    return DebtorTerms(rule=settings.billing_rule, approve=settings.approve_work)


async def letterhead(runtime: Runtime, debtor_id: str | None) -> Letterhead:
    """Collect it; raises NotYet with a sentence where the recipient or its address is missing."""
    if not debtor_id:
        raise NotYet("Name the debtor of this work: its object has none.")
    party = await runtime.query(lambda session: parties.one(session, debtor_id))
    terms = await terms_of(runtime, debtor_id)
    return Letterhead(house(runtime).supplier, recipient(debtor_id, party, terms), terms)


def recipient(debtor_id: str, party: PartyRow | None, terms: DebtorTerms) -> Recipient:
    if party is None:
        raise NotYet(f"Register the party {debtor_id}: a document needs its name and address.")
    if not party.address:
        raise NotYet(f"Enter the address of {party.name}: a bill cannot be sent without it.")
    refuse_unprintable({"name": party.name, **party.address})
    return Recipient(
        party_id=debtor_id,
        name=party.name,
        care_of=party.address.get("care_of"),
        address=address(party.address),
        vat_number=terms.vat_number,
    )


def address(told: dict[str, Any]) -> Address:
    place = {"street": told["street"], "house_number": told["house_number"], "postcode": told["postcode"]}
    return Address(**place, town=told["city"], country=told["country"])


def refuse_unprintable(told: Mapping[str, Any]) -> None:
    """Raise NotYet for what a QR-bill has no room for: a document that has its number must come out on paper."""
    for field, most in ROOM.items():
        if len(told[field] or "") > most:
            raise NotYet(f"Shorten the {field} of {told['name']} to {most} characters: a QR-bill has no room for more.")
    for field in ("postcode", "city"):
        if not told[field].strip():
            raise NotYet(f"Enter the {field} of {told['name']}: a bill cannot be sent without it.")
