"""A real mail server in the test's own loop: it keeps what it takes, and refuses whom it is told to refuse."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope


@dataclass
class Postbox:
    port: int
    refused: str = ""
    taken: list[Envelope] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Be there for as long as the block runs; before and after it nobody answers at `address`."""
        loop = asyncio.get_running_loop()
        async with await loop.create_server(lambda: SMTP(self, hostname="test", loop=loop), "127.0.0.1", self.port):
            yield

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address == self.refused:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def postbox() -> Postbox:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Postbox(int(probe.getsockname()[1]))
