"""The client library, whichever of the two is installed; no other module knows their names.

`esdbclient` speaks to EventStoreDB 22.10 to 24.10, its successor `kurrentdbclient` to KurrentDB too. They pin different
versions of grpcio, so an environment holds one of them.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.unknown_fields import UnknownFieldSet

if TYPE_CHECKING or find_spec("esdbclient"):
    from esdbclient import AsyncEventStoreDBClient as Client
    from esdbclient import NewEvent, RecordedEvent, StreamState
    from esdbclient.exceptions import AccessDeniedError, NotFound, StreamIsDeleted, WrongCurrentVersion
    from esdbclient.exceptions import EventStoreDBClientException as ClientError

    REFUSALS: tuple[type[Exception], ...] = (AccessDeniedError,)
else:
    from kurrentdbclient import AsyncKurrentDBClient as Client
    from kurrentdbclient import NewEvent, RecordedEvent, StreamState
    from kurrentdbclient.exceptions import AccessDeniedError, UnauthenticatedError
    from kurrentdbclient.exceptions import KurrentDBClientError as ClientError
    from kurrentdbclient.exceptions import NotFoundError as NotFound
    from kurrentdbclient.exceptions import StreamIsDeletedError as StreamIsDeleted
    from kurrentdbclient.exceptions import WrongCurrentVersionError as WrongCurrentVersion

    REFUSALS = (AccessDeniedError, UnauthenticatedError)

__all__ = [
    "FAILURES",
    "Client",
    "NewEvent",
    "NotFound",
    "RecordedEvent",
    "StreamIsDeleted",
    "StreamState",
    "WrongCurrentVersion",
    "heeding_cancellation",
    "login_refused",
    "make",
    "version",
    "whole",
]

FAILURES = (ClientError, grpc.RpcError, grpc.aio.UsageError, TimeoutError)
DENIED = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
SUPPORTED_METHODS = "/event_store.client.server_features.ServerFeatures/GetSupportedMethods"
VERSION_FIELD = 2
OLDEST = "before 21.10"  # a server that does not know the question is older than every one that does


def make(uri: str, keep_alive: int) -> Client:
    """Make a client that is not connected yet. Raises ValueError and OSError for a URI that it cannot use.

    `esdbclient` hands its keep-alive to gRPC under a name that gRPC does not know, so both get it here, in
    milliseconds; and gRPC waits up to two minutes before it looks again at a server that was down.
    """
    client = Client(uri)
    client.grpc_options = (
        *client.grpc_options,
        ("grpc.keepalive_time_ms", keep_alive),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
    )
    return client


async def version(client: Client, seconds: float) -> str:
    """Ask the server for its version; the clients bring no messages for that, and the answer's field is text.

    Raises the FAILURES.
    """
    inside: Any = client
    channel = inside._connection._grpc_channel  # noqa: SLF001  # neither client asks for the version, nor lends its channel
    metadata, login = inside._call_metadata, inside._call_credentials  # noqa: SLF001  # as above
    ask = channel.unary_unary(SUPPORTED_METHODS, Empty.SerializeToString, Empty.FromString)
    try:
        answer = await ask(Empty(), timeout=seconds, metadata=metadata, credentials=login)
    except grpc.aio.AioRpcError as error:
        if error.code() == grpc.StatusCode.UNIMPLEMENTED:
            return OLDEST
        raise
    return next((f.data.decode() for f in UnknownFieldSet(answer) if f.field_number == VERSION_FIELD), OLDEST)


def login_refused(error: Exception) -> bool:
    """Say whether the server knows the user not, or not well enough."""
    told = error.args[0] if error.args else None
    code = next((each.code() for each in (error, told) if isinstance(each, grpc.aio.AioRpcError)), None)
    return isinstance(error, REFUSALS) or code in DENIED


async def whole(response: Any) -> list[RecordedEvent]:
    """Give all that a read brings; raises ClientError where it was cut off, which both clients take for its end.

    A client that reconnects, as after a lost reply, closes the channel under every other call.
    """
    async with response:
        found = [event async for event in response]
    call = getattr(response, "aio_call", None) or response._unary_stream_call  # noqa: SLF001  # it has no other name
    if await call.code() is not grpc.StatusCode.OK:
        raise ClientError("the connection was closed in the middle of a read")
    return found


@contextmanager
def heeding_cancellation() -> Iterator[None]:
    """Cancel what was cancelled: `esdbclient` takes a cancelled read for the end of what there is to read."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
