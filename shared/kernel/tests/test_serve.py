"""Serving: the port, and answers that go out at once."""

import asyncio
import socket

import pytest

from carnet.kernel.serve import PortTaken, listen


async def test_what_it_accepts_sends_at_once() -> None:
    accepted: asyncio.Queue[int] = asyncio.Queue()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        accepted.put_nowait(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = listen("127.0.0.1", 0)
    async with await asyncio.start_server(connected, sock=listener) as server:
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await accepted.get()
        writer.close()
        server.close()


def test_a_port_that_is_taken_is_one_clear_sentence() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 cannot be used"):
            listen("127.0.0.1", port)
