"""What a person sends: a field that we do not know is refused by name, and so is a party."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from carnet.dispatch.read_models import parties
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import BadRequest


class Form(BaseModel):
    """A body; a misspelt field would be lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


async def check_parties(runtime: Runtime, named: Mapping[str, str | None]) -> None:
    """Refuse a party that we have not heard of, by the field that names it: nobody could ever bill it."""
    known = await runtime.query(lambda session: parties.names(session, named.values()))
    for field, party_id in named.items():
        if party_id is not None and party_id not in known:
            raise BadRequest(
                field, "{field}: no party has the id {party_id}; register it first.", field=field, party_id=party_id
            )
