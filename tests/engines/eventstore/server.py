"""The development server: up, down, and up again on the same port."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import grpc

from engines.certificate import write_certificate
from engines.eventstore.access import Doorkeeper, Gossip, features
from engines.eventstore.accounts import ADMINS, Accounts, User
from engines.eventstore.faults import Faults
from engines.eventstore.log import Log
from engines.eventstore.protos import gossip_pb2_grpc, streams_pb2_grpc
from engines.eventstore.streams import Streams

HOST = "127.0.0.1"
add_streams: Any = streams_pb2_grpc.add_StreamsServicer_to_server
add_gossip: Any = gossip_pb2_grpc.add_GossipServicer_to_server
OPTIONS = (
    ("grpc.max_receive_message_length", 17 * 1024 * 1024),
    ("grpc.http2.max_ping_strikes", 0),  # a client may ask as often as it likes whether we live
)


@dataclass
class Tls:
    """A certificate and its key, both as PEM files."""

    certificate: Path
    key: Path

    @classmethod
    def self_signed(cls, folder: Path) -> Self:
        """Make both in a folder."""
        write_certificate(key := folder / "server.pem", certificate := folder / "server.crt")
        return cls(certificate, key)

    def credentials(self) -> grpc.ServerCredentials:
        return grpc.ssl_server_credentials([(self.key.read_bytes(), self.certificate.read_bytes())])


@dataclass
class DevelopmentServer:
    """EventStoreDB's protocol over a log; `port` 0 takes any that is free, and keeps it.

    Without a login all may come in and do all; with one, its user is of the `$admins`, and there may be others.
    """

    log: Log = field(default_factory=Log)
    port: int = 0
    version: str = "24.10.0"
    login: tuple[str, str] | None = None
    tls: Tls | None = None
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.log)
        if self.login:
            self.accounts.users[self.login[0]] = User(*self.login, frozenset({ADMINS}))

    @property
    def uri(self) -> str:
        """How a client finds it; over TLS with the login, without it open to all."""
        return self.uri_of(*(self.login or ("admin", "changeit")))

    def uri_of(self, user: str, password: str) -> str:
        """How a user finds it; without TLS it is nobody in particular."""
        if self.tls is None:
            return f"esdb://{HOST}:{self.port}?Tls=false"
        return f"esdb://{user}:{password}@{HOST}:{self.port}?TlsCaFile={self.tls.certificate}"

    async def start(self) -> None:
        """Come up, on the port of the last time."""
        doorkeepers = [Doorkeeper(self.accounts)] if self.login else []
        self._server = grpc.aio.server(interceptors=doorkeepers, options=OPTIONS)
        address = f"{HOST}:{self.port}"
        if self.tls is None:
            self.port = self._server.add_insecure_port(address)
        else:
            self.port = self._server.add_secure_port(address, self.tls.credentials())
        add_streams(Streams(self.log, self.faults, self.accounts), self._server)
        add_gossip(Gossip(HOST, self.port), self._server)
        self._server.add_generic_rpc_handlers((features(self.version),))
        await self._server.start()

    async def stop(self) -> None:
        """Go down at once: what is under way is cut off, what was committed stands in the log."""
        await self._server.stop(grace=None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
