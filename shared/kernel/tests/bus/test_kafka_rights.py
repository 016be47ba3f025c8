"""Who lacks one single right on Kafka is told which; and a broker of another age is named as such."""

import asyncio
import gc
import re
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest
from engines.kafka_process import OwnKafka

from carnet.kernel.bus.kafka import KafkaBus, connection, member
from carnet.kernel.bus.port import Bus, BusUnavailable, Message
from carnet.kernel.settings import ServiceSettings

TOPIC, NEW = "carnet.test.v1", "carnet.new.v1"
ON_TOPIC, ON_GROUP = 2, 3  # Kafka's numbers, as those that follow
READ, WRITE, CREATE, DESCRIBE = 3, 4, 5, 8
ANYTHING, LITERAL, ALLOW, EVERYWHERE = 1, 3, 3, "*"
Right = tuple[int, int]


async def publish(bus: Bus) -> None:
    await bus.publish(TOPIC, [Message("a", b"1")])


async def publish_new(bus: Bus) -> None:
    await bus.publish(NEW, [Message("a", b"1")])


async def read(bus: Bus) -> None:
    await (await bus.subscribe("group", [TOPIC])).batch()


MISSING: Final[dict[str, tuple[Sequence[Right], Callable[[Bus], Awaitable[None]], str]]] = {
    "topic write": ([(ON_TOPIC, READ), (ON_GROUP, READ)], publish, "to publish anything"),
    "topic create": ([(ON_TOPIC, WRITE)], publish_new, f"to write to {NEW}: .*TopicAuthorization.*{NEW}"),
    "topic read": (
        [(ON_TOPIC, WRITE), (ON_GROUP, READ)],
        read,
        f"to read {TOPIC} as the group group: .*Topic.*{TOPIC}",
    ),
    "group read": (
        [(ON_TOPIC, WRITE), (ON_TOPIC, READ), (ON_GROUP, DESCRIBE)],
        read,
        f"to read {TOPIC} as the group group: .*GroupAuthorization.*: group",
    ),
    "group anything": (
        [(ON_TOPIC, WRITE), (ON_TOPIC, READ)],
        read,
        f"to read {TOPIC} as the group group: .*GroupAuthorization.* group",
    ),
}


@asynccontextmanager
async def bob_may(kafka: OwnKafka, rights: Sequence[Right]) -> AsyncIterator[KafkaBus]:
    """Give bob rights on all topics or groups for as long as the block runs, and his connection."""
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        for kind, right in rights:
            allow = CreateAclsRequest(kind, EVERYWHERE, LITERAL, "User:bob", EVERYWHERE, right, ALLOW)
            await admin._send_to_controller(allow)  # aiokafka has the request, and no method for it
        bus = KafkaBus(login(kafka))
        yield bus
        await bus.close()
    finally:
        forbid = DeleteAclsRequest(ANYTHING, None, ANYTHING, "User:bob", None, ANYTHING, ANYTHING)
        await admin._send_to_controller(forbid)
        await admin.close()


def login(kafka: OwnKafka) -> ServiceSettings:
    address = f"kafka://{kafka.addresses['sasl']}"
    return ServiceSettings(bus=address, kafka_security="sasl", kafka_user="bob", kafka_password="secret")


@pytest.mark.parametrize("missing", MISSING)
async def test_one_right_that_is_missing_is_named(
    own_kafka: OwnKafka, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "LOOK_SECONDS", 0.2)
    rights, attempt, sentence = MISSING[missing]
    anyone = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    await anyone.publish(TOPIC, [Message("a", b"1")])
    async with bob_may(own_kafka, rights) as bus, asyncio.timeout(60):
        while not re.search(f"does not permit bob {sentence}", await refusal(bus, attempt)):  # noqa: ASYNC110  # no bell
            await asyncio.sleep(0.05)
    await anyone.close()


async def refusal(bus: Bus, attempt: Callable[[Bus], Awaitable[None]]) -> str:
    """Give what an attempt is told; a right that was given, or taken away, holds a moment later."""
    try:
        await attempt(bus)
    except BusUnavailable as error:
        return str(error)
    return "nothing"


async def test_who_is_refused_again_and_again_leaves_no_connection_open(own_kafka: OwnKafka) -> None:
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
    bus = KafkaBus(login(own_kafka))
    for _ in range(3):
        with pytest.raises(BusUnavailable, match="does not permit bob to publish anything"):
            await publish(bus)
    await bus.close()
    gc.collect()
    assert said == []


AGES: Final[dict[str, list[tuple[int, int, int]]]] = {
    "0.10, without idempotence": [(0, 0, 2), (1, 0, 2), (2, 0, 0), (3, 0, 1), (10, 0, 0), (18, 0, 0), (19, 0, 0)],
    "newer than all that we ask": [(key, 90, 99) for key in range(80)],
}


@asynccontextmanager
async def broker(versions: Sequence[tuple[int, int, int]]) -> AsyncIterator[int]:
    """Listen as a broker that speaks these versions (api, oldest, newest) and answers nothing but Metadata 1."""
    port = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                api, _, correlation = struct.unpack(">hhi", (await reader.readexactly(size))[:8])
                body = spoken(versions) if api == 18 else metadata(port)
                writer.write(struct.pack(">ii", 4 + len(body), correlation) + body)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield port


def spoken(versions: Sequence[tuple[int, int, int]]) -> bytes:
    return struct.pack(">hi", 0, len(versions)) + b"".join(struct.pack(">hhh", *each) for each in versions)


def metadata(port: int) -> bytes:
    host = b"127.0.0.1"
    node = struct.pack(">iih", 1, 0, len(host)) + host + struct.pack(">ih", port, -1)
    return node + struct.pack(">ii", 0, 0)


@pytest.mark.parametrize("age", AGES)
async def test_a_broker_of_another_age_is_one_sentence(age: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 2.0)
    async with broker(AGES[age]) as port:
        bus = KafkaBus(ServiceSettings(bus=f"kafka://127.0.0.1:{port}"))
        for attempt in (publish, read):
            with pytest.raises(BusUnavailable, match=rf"^Kafka at 127.0.0.1:{port} is of a version that is not supp"):
                await attempt(bus)
        await bus.close()
