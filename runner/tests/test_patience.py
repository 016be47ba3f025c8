"""A question and a command with its key are sent again where nobody answered; a command without one is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from carnet.runner import patience
from carnet.runner.patience import Patient

GONE = b""
NOT_NOW = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
DONE = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[httpx.AsyncClient, list[str]]]:
    """Give a client of a server that answers so, one request after another, and the first lines of what it heard."""
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(answers[len(heard)])
        heard.append(head.decode().splitlines()[0])
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with httpx.AsyncClient(transport=Patient(), base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client, heard


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0.0)


async def test_a_question_is_asked_until_it_is_answered() -> None:
    async with answering(GONE, NOT_NOW, DONE) as (client, heard):
        assert (await client.get("/x")).status_code == 201
    assert heard == ["GET /x HTTP/1.1"] * 3


async def test_a_command_with_a_key_is_sent_until_it_is_answered() -> None:
    async with answering(NOT_NOW, GONE, DONE) as (client, heard):
        assert (await client.post("/x", headers={"Idempotency-Key": "k"})).status_code == 201
    assert heard == ["POST /x HTTP/1.1"] * 3


async def test_a_command_without_a_key_is_sent_once() -> None:
    async with answering(NOT_NOW, DONE) as (client, heard):
        assert (await client.post("/x")).status_code == 503
    async with answering(GONE, DONE) as (client, more):
        with pytest.raises(httpx.TransportError):
            await client.post("/x")
    assert (len(heard), len(more)) == (1, 1)


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "TRIES", 2)
    async with answering(*[NOT_NOW] * 3) as (client, heard):
        assert (await client.get("/x")).status_code == 503
    assert len(heard) == 3


async def test_nobody_at_all_is_said_at_once() -> None:
    async with answering() as (client, _):
        address = client.base_url
    async with httpx.AsyncClient(transport=Patient(), base_url=address) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("/x")
