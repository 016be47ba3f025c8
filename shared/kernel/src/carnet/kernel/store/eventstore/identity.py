"""Whose store it is: one event in a stream of our own, written by the first who comes, read by all who follow."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from carnet.kernel.store.eventstore.client import Client, NewEvent, NotFound, StreamState, WrongCurrentVersion, whole
from carnet.kernel.store.incarnation import incarnation_after
from carnet.kernel.store.port import NewerStore, OtherTenant

STREAM: Final = "carnet.store"
TYPE: Final = "carnet.store.v1"
FORMAT: Final = 1
SECONDS: Final = 10.0  # in which the server says whose store it is


@dataclass(frozen=True)
class Identity:
    """A store's owner, and the incarnation that it got when it was made or restored."""

    format: int
    tenant: str
    context: str
    incarnation: str


async def claim(client: Client, stream: str, tenant: str, context: str) -> UUID:
    """Claim the store for a tenant's context, if it is nobody's yet; give its incarnation.

    Of two who come at once one wins, and the other reads what it wrote. Raises NewerStore, OtherTenant.
    """
    if (found := await newest(client, stream)) is None:
        await introduce(client, stream, Identity(FORMAT, tenant, context, str(incarnation_after())))
        found = await newest(client, stream)
    return checked(found or {}, tenant, context)


async def renew(client: Client, stream: str) -> UUID:
    """Give the store a later incarnation; gives its id."""
    [event] = await whole(await client.read_stream(stream, backwards=True, limit=1, timeout=SECONDS))
    former = Identity(**json.loads(event.data))
    later = incarnation_after(UUID(former.incarnation))
    await write(client, stream, replace(former, incarnation=str(later)), event.stream_position)
    return later


async def newest(client: Client, stream: str) -> dict[str, object] | None:
    try:
        [event] = await whole(await client.read_stream(stream, backwards=True, limit=1, timeout=SECONDS))
    except NotFound:
        return None
    found: dict[str, object] = json.loads(event.data)
    return found


async def introduce(client: Client, stream: str, identity: Identity) -> None:
    with suppress(WrongCurrentVersion):  # another process was first
        await write(client, stream, identity, StreamState.NO_STREAM)


async def write(client: Client, stream: str, identity: Identity, expected: int | StreamState) -> None:
    event = NewEvent(type=TYPE, data=json.dumps(asdict(identity)).encode(), id=uuid4())
    await client.append_to_stream(stream, current_version=expected, events=[event])


def checked(found: dict[str, object], tenant: str, context: str) -> UUID:
    """Give the incarnation of a store that is ours; raises NewerStore, OtherTenant."""
    if not isinstance(known := found.get("format"), int) or known > FORMAT:
        raise NewerStore(f"The event store has format {known}, this program knows {FORMAT}: update Carnet to open it.")
    identity = Identity(**found)  # type: ignore[arg-type]  # this format's own words
    if identity.tenant != tenant:
        raise OtherTenant(f"The event store belongs to tenant {identity.tenant}, not to {tenant}.")
    if identity.context != context:
        raise OtherTenant(
            f"The event store keeps the events of {identity.context}, not of {context}: give each context a server of "
            "its own, or all of them one CARNET_STORE_PREFIX."
        )
    return UUID(identity.incarnation)
