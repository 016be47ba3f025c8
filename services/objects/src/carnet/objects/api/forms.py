"""What a person sends: words that are not empty, addresses, clocks, and parties and nodes that are known."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import BadRequest
from carnet.objects.domain.address import Address
from carnet.objects.domain.placement import Placement
from carnet.objects.streams import Streams
from carnet.objects.streams.tree import Tree

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def email_form(email: str) -> str:
    if EMAIL.fullmatch(email):
        return email
    raise ValueError(f"{email!r} is no e-mail address")


Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Number: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Email: TypeAlias = Annotated[str, AfterValidator(email_form)]
Language: TypeAlias = Literal["fr", "de", "en"]


class Form(BaseModel):
    """A body; a field that it does not know is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AddressForm(Form):
    street: Text
    house_number: str = ""
    postcode: Text
    city: Text
    country: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")] = "CH"
    care_of: Text | None = None

    def address(self) -> Address:
        return Address(**dict(self))


async def check_party(runtime: Runtime, field: str, party_id: str | None) -> None:
    """Refuse a party that is not registered, naming the field."""
    if party_id is not None and await Streams(runtime.engines.store).party(party_id).state() is None:
        raise BadRequest(
            field, "{field}: no party has the id {party_id}; register it first.", field=field, party_id=party_id
        )


async def check_parent(runtime: Runtime, parent_id: str | None) -> Placement:
    """Give where a node under this parent stands; refuse a parent that is not registered."""
    placement = await Tree(Streams(runtime.engines.store)).placement(parent_id)
    if parent_id is not None and not placement.parent_registered:
        raise BadRequest(
            "parent_id", "parent_id: no node has the id {parent_id}; register it first.", parent_id=parent_id
        )
    return placement
