"""The protocol's messages, from whichever of the two clients is installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING or find_spec("esdbclient"):
    from esdbclient.protos.Grpc import (
        gossip_pb2,
        gossip_pb2_grpc,
        shared_pb2,
        status_pb2,
        streams_pb2,
        streams_pb2_grpc,
    )
else:
    from kurrentdbclient.protos.v1 import (
        gossip_pb2,
        gossip_pb2_grpc,
        shared_pb2,
        status_pb2,
        streams_pb2,
        streams_pb2_grpc,
    )

__all__ = ["gossip_pb2", "gossip_pb2_grpc", "shared_pb2", "status_pb2", "streams_pb2", "streams_pb2_grpc"]
