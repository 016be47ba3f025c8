"""The front door: each path to its service, what was sent to one replica to no other, nothing held back."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx
import pytest
from engines.fixtures import skipping
from engines.front import front_door
from fastapi import FastAPI

from carnet.kernel.service import CONTEXTS
from carnet.kernel.web.front import Front

Reply = Callable[["Replica", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Replica:
    """A replica that writes down what it is asked and answers as `reply` does."""

    name: str
    reply: Reply
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self.answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        await reader.readexactly(int(self.headers.get("content-length", "0")))
        method, path, _ = first.split(" ")
        self.asked.append((method, path))
        await self.reply(self, reader, writer)
        await writer.drain()


async def says_its_name(replica: Replica, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(replica.name)}\r\n\r\n{replica.name}".encode())


async def falls_over(_: Replica, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection, as a process that is killed while it is at work."""
    writer.transport.abort()
    raise ConnectionError


@asynccontextmanager
async def listening(name: str, reply: Reply) -> AsyncIterator[tuple[Replica, int]]:
    replica = Replica(name, reply)
    async with await asyncio.start_server(replica.serve, "127.0.0.1", 0) as server:
        yield replica, server.sockets[0].getsockname()[1]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as open_until_the_end:
        yield open_until_the_end


async def door(stack: AsyncExitStack, **ports: list[int]) -> httpx.AsyncClient:
    """Open the door before some replicas; contexts that are not named have none that answers."""
    with skipping("front door"):
        address = stack.enter_context(front_door({context: ports.get(context, [dead_port()]) for context in CONTEXTS}))
    return await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30))


@contextmanager
def nobody() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # never listens
        yield taken.getsockname()[1]


def dead_port() -> int:
    with nobody() as port:
        return port


PATHS = [
    *(f"/{context}{rest}" for context in CONTEXTS for rest in ("", "/", "/pages/x?q=/dispatch/")),
    *("/", "/sign-in", "/contractsx", "/nowhere/contracts", "/%63ontracts", "//contracts", "/contracts//x%2Fy"),
]


async def test_each_path_reaches_the_service_that_it_reaches_in_one_process(stack: AsyncExitStack) -> None:
    replicas = {each: await stack.enter_async_context(listening(each, says_its_name)) for each in CONTEXTS}
    client = await door(stack, **{each: [port] for each, (_, port) in replicas.items()})
    one_process = Front({each: FastAPI(title=each) for each in CONTEXTS})
    for path in PATHS:
        answer = await client.get(f"http://{client.base_url.netloc.decode()}{path}")
        assert (answer.text, path) == (one_process.service(unquote(path)).title, path)
        assert replicas[answer.text][0].asked[-1] == ("GET", path)


async def test_a_service_learns_where_and_by_whom_it_is_asked(stack: AsyncExitStack) -> None:
    replica, port = await stack.enter_async_context(listening("objects", says_its_name))
    client = await door(stack, objects=[port])
    await client.get("/", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Origin": "http://x"})
    asked = {name: replica.headers[name] for name in ("host", "x-forwarded-for", "x-forwarded-proto", "origin")}
    host = client.base_url.netloc.decode()
    assert asked == {"host": host, "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http", "origin": "http://x"}


async def test_a_command_that_was_sent_is_sent_to_no_other_replica(stack: AsyncExitStack) -> None:
    broken, one = await stack.enter_async_context(listening("broken", falls_over))
    sound, two = await stack.enter_async_context(listening("sound", says_its_name))
    client = await door(stack, dispatch=[one, two])
    answers = [await client.post("/dispatch/orders", content=b"x") for _ in range(2)]
    assert sorted(answer.status_code for answer in answers) == [200, 503]
    assert (len(broken.asked), len(sound.asked)) == (1, 1)
    problem = next(answer for answer in answers if answer.is_error)
    assert problem.headers["content-type"] == "application/problem+json"
    assert "with the same Idempotency-Key" in problem.json()["detail"]


async def test_a_question_is_put_to_another_replica(stack: AsyncExitStack) -> None:
    broken, one = await stack.enter_async_context(listening("broken", falls_over))
    _, two = await stack.enter_async_context(listening("sound", says_its_name))
    client = await door(stack, dispatch=[one, two])
    assert {(await client.get("/dispatch/orders")).text for _ in range(4)} == {"sound"}
    assert broken.asked


async def test_a_command_goes_to_a_replica_that_is_there(stack: AsyncExitStack) -> None:
    _, there = await stack.enter_async_context(listening("there", says_its_name))
    client = await door(stack, dispatch=[stack.enter_context(nobody()), there])
    assert {(await client.post("/dispatch/orders")).text for _ in range(4)} == {"there"}


async def test_where_no_replica_is_there_a_problem_says_so(stack: AsyncExitStack) -> None:
    client = await door(stack)
    answer = await client.post("/invoicing/runs")
    assert (answer.status_code, answer.json()["status"], answer.headers["retry-after"]) == (503, 503, "1")


async def test_a_stream_is_not_held_back(stack: AsyncExitStack) -> None:
    seen = asyncio.Event()

    async def streams(_: Replica, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n"
        )
        writer.write(f"{head}data: first\n\n".encode())
        await seen.wait()  # until the first has arrived, there is no second
        writer.write(b"data: second\n\n")
        writer.close()

    _, port = await stack.enter_async_context(listening("dispatch", streams))
    client = await door(stack, dispatch=[port])
    async with client.stream("GET", "/dispatch/news") as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "data: first"
        seen.set()
        assert [line async for line in lines if line] == ["data: second"]


async def test_a_websocket_passes(stack: AsyncExitStack) -> None:
    async def echoes(_: Replica, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        writer.write(await reader.readexactly(4))

    replica, port = await stack.enter_async_context(listening("dispatch", echoes))
    client = await door(stack, dispatch=[port])
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    writer.write(b"GET /dispatch/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(b"ping")
    assert await reader.readexactly(4) == b"ping"
    assert (replica.headers["upgrade"], replica.headers["connection"]) == ("websocket", "upgrade")
    writer.close()


@pytest.mark.parametrize(("mebibytes", "status"), [(16, 200), (18, 413)])
async def test_a_body_is_as_large_as_the_largest_that_a_service_takes(
    stack: AsyncExitStack, mebibytes: int, status: int
) -> None:
    _, port = await stack.enter_async_context(listening("objects", says_its_name))
    client = await door(stack, objects=[port])
    assert (await client.post("/objects/imports", content=b"x" * (mebibytes * 2**20))).status_code == status
