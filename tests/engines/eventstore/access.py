"""Who may come in, which version answers, and where the one node is: what a client asks before its first event."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

from engines.eventstore.accounts import Accounts
from engines.eventstore.protos import gossip_pb2, gossip_pb2_grpc

FEATURES = "event_store.client.server_features.ServerFeatures"


@dataclass
class Gossip(gossip_pb2_grpc.GossipServicer):
    """A cluster of one."""

    host: str
    port: int

    async def Read(self, request: Any, call: Any) -> gossip_pb2.ClusterInfo:  # noqa: N802  # the protocol's name and signature
        leader = gossip_pb2.MemberInfo(
            state=gossip_pb2.MemberInfo.VNodeState.Leader,
            is_alive=True,
            http_end_point=gossip_pb2.EndPoint(address=self.host, port=self.port),
        )
        return gossip_pb2.ClusterInfo(members=[leader])


def features(version: str) -> grpc.GenericRpcHandler:
    """Serve `ServerFeatures`, of which the clients bring no messages: the version is text field 2 of its answer."""

    async def supported_methods(_request: bytes, _call: Any) -> bytes:
        text = version.encode()
        return bytes([0x12, len(text)]) + text

    method = grpc.unary_unary_rpc_method_handler(supported_methods)
    return grpc.method_handlers_generic_handler(FEATURES, {"GetSupportedMethods": method})


class Doorkeeper(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # grpc has no types
    """Refuses every call that does not carry a user's login."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    async def intercept_service(
        self, go_on: Callable[[Any], Awaitable[Any]], details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler:
        handler = await go_on(details)
        if handler is None or self.accounts.known(dict(details.invocation_metadata).get("authorization")):
            return handler
        return refusing(handler)


def refusing(handler: grpc.RpcMethodHandler) -> grpc.RpcMethodHandler:
    """Give a handler of the same shape that refuses."""

    async def refuse(_request: Any, call: Any) -> None:
        await call.abort(grpc.StatusCode.UNAUTHENTICATED, "Unauthenticated")

    if handler.request_streaming:
        return grpc.stream_stream_rpc_method_handler(refuse)
    return grpc.unary_stream_rpc_method_handler(refuse) if handler.response_streaming else unary(refuse)


def unary(refuse: Callable[[Any, Any], Awaitable[None]]) -> grpc.RpcMethodHandler:
    return grpc.unary_unary_rpc_method_handler(refuse)
