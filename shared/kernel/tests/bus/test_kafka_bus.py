"""What only Kafka has: partitions, rebalances, logins, and a broker that goes and comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from engines.kafka import Kafka
from engines.kafka_process import OwnKafka

from carnet.kernel.bus.kafka import KafkaBus, bus, connection, member
from carnet.kernel.bus.kafka.member import KafkaSubscription
from carnet.kernel.bus.port import BusUnavailable, Delivery, Message, Subscription
from carnet.kernel.settings import ServiceSettings

TOPIC = "carnet.test.v1"
KEYS = [f"key-{n}" for n in range(40)]


@pytest.fixture
async def buses(clean_kafka: Kafka) -> AsyncIterator[Sequence[KafkaBus]]:
    """Two connections, as of two processes."""
    opened = [KafkaBus(ServiceSettings(bus=clean_kafka.uri)) for _ in range(2)]
    yield opened
    for each in opened:
        await each.close()


@pytest.fixture
async def admin(clean_kafka: Kafka) -> AsyncIterator[Any]:
    client = AIOKafkaAdminClient(bootstrap_servers=clean_kafka.address)
    await client.start()
    yield client
    await client.close()


def round_of(number: int) -> list[Message]:
    return [Message(key, str(number).encode()) for key in KEYS]


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give up soon, as long as the block runs: what has to succeed keeps its time."""
    with monkeypatch.context() as soon:
        soon.setattr(bus, "PUBLISH_SECONDS", 0.5)
        soon.setattr(member, "LOOK_SECONDS", 0.2)
        soon.setattr(member, "COMMIT_SECONDS", 1.0)
        yield


async def publish_at_last(opened: KafkaBus, messages: Sequence[Message]) -> None:
    """Publish as soon as it can be done: its controller takes back a broker that hung a moment after it goes on."""
    async with asyncio.timeout(60):
        while True:
            with suppress(BusUnavailable):
                await opened.publish(TOPIC, messages)
                return
            await asyncio.sleep(0.05)


async def take(member: Subscription, count: int) -> list[Delivery]:
    got: list[Delivery] = []
    while len(got) < count:
        got += await member.batch()
    return got


async def test_a_topic_is_made_with_the_partitions_that_the_settings_name_and_keeps_for_ever(
    clean_kafka: Kafka, admin: Any
) -> None:
    opened = KafkaBus(ServiceSettings(bus=clean_kafka.uri, kafka_partitions=4))
    await opened.publish(TOPIC, [Message("a", b"1")])
    await opened.epoch(TOPIC)
    made = {
        topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(await admin.list_topics())
    }
    assert made.items() >= {TOPIC: 4, f"{TOPIC}.epoch": 1}.items()
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC)])
    configs = {name: value for name, value, *_ in answer.resources[0][4]}
    assert (configs["retention.ms"], configs["retention.bytes"], configs["cleanup.policy"]) == ("-1", "-1", "delete")
    assert int(configs["max.message.bytes"]) > 1024 * 1024
    await opened.close()


async def test_the_first_that_is_left_is_looked_for_in_each_partition(buses: Sequence[KafkaBus]) -> None:
    here, there = buses
    await here.publish(TOPIC, round_of(0))
    member = await here.subscribe("group", [TOPIC])
    await take(member, len(KEYS))
    await member.commit()
    assert await there.first_left("group", [TOPIC]) == []
    await here.publish(TOPIC, [*round_of(1), *round_of(2)])
    left = await there.first_left("group", [TOPIC])
    assert [delivery.message.value for delivery in left] == [b"1"] * here.settings.kafka_partitions
    await member.close()


async def test_a_rebalance_waits_for_the_batch_in_hand_and_nothing_comes_twice(
    buses: Sequence[KafkaBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = buses
    await here.publish(TOPIC, round_of(1))
    first = await here.subscribe("group", [TOPIC])
    got = await take(first, len(KEYS))
    dealt_anew = seen(first, monkeypatch)
    joining = asyncio.create_task(there.subscribe("group", [TOPIC]))
    await dealt_anew.wait()
    await first.commit()
    second = await joining
    await here.publish(TOPIC, round_of(2))
    shared = await share(first, second, count=len(KEYS))
    assert sorted(d.message.key for d in got) == sorted(d.message.key for d in shared) == sorted(KEYS)
    assert {d.message.value for d in shared} == {b"2"}
    await first.close()
    await second.close()


async def test_what_is_not_committed_when_partitions_go_is_refused_and_comes_again(
    buses: Sequence[KafkaBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "DRAIN_SECONDS", 0.1)
    here, there = buses
    await here.publish(TOPIC, round_of(1))
    first = await here.subscribe("group", [TOPIC])
    await take(first, len(KEYS))
    second = await there.subscribe("group", [TOPIC])
    with pytest.raises(BusUnavailable, match="dealt anew before a batch was done with"):
        await first.commit()
    with pytest.raises(BusUnavailable):
        await first.batch()
    await first.close()
    assert {d.message.key for d in await share(second, count=len(KEYS))} == set(KEYS)
    await second.close()


async def test_partitions_that_are_added_are_read_from_their_beginning(
    buses: Sequence[KafkaBus], admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "METADATA_SECONDS", 0.5)
    here, there = buses
    await here.publish(TOPIC, round_of(1))
    group = await here.subscribe("group", [TOPIC], start="now")
    await admin.create_partitions({TOPIC: NewPartitions(12)})
    await there.publish(TOPIC, round_of(2))  # a new connection knows them at once
    got = await share(group, count=len(KEYS))
    assert sorted(d.message.key for d in got) == sorted(KEYS)
    assert {d.message.value for d in got} == {b"2"}
    assert await here.lag("group", [TOPIC]) == 0
    await group.close()


async def test_a_broker_that_comes_later_is_found(own_kafka: OwnKafka) -> None:
    own_kafka.stop()
    opened = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    try:
        with pytest.raises(BusUnavailable, match=f"^Kafka at {own_kafka.address} cannot be reached: "):
            await opened.publish(TOPIC, round_of(1))
        with pytest.raises(BusUnavailable, match="cannot be reached"):
            await opened.subscribe("group", [TOPIC])
    finally:
        await asyncio.to_thread(own_kafka.start)
    await opened.publish(TOPIC, round_of(1))
    assert await opened.end(TOPIC) == len(KEYS)
    await opened.close()


async def test_a_broker_that_is_killed_loses_nothing_acknowledged_and_a_waiting_member_hears_of_it(
    own_kafka: OwnKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 5.0)
    opened = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    group = await opened.subscribe("group", [TOPIC])
    await opened.publish(TOPIC, round_of(1))
    await take(group, len(KEYS))
    await group.commit()
    await opened.publish(TOPIC, round_of(2))
    own_kafka.stop(kill=True)
    try:
        with impatient(monkeypatch), pytest.raises(BusUnavailable):
            await share(group, count=2 * len(KEYS))  # so many will not come
        await group.close()
    finally:
        await asyncio.to_thread(own_kafka.start)
    again = await opened.subscribe("group", [TOPIC])
    got = await take(again, len(KEYS))
    assert sorted(d.message.key for d in got) == sorted(KEYS)
    assert {d.message.value for d in got} == {b"2"}
    await again.close()
    await opened.close()


async def test_a_broker_that_hangs_is_given_up_in_time(own_kafka: OwnKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 5.0)
    opened = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    await opened.publish(TOPIC, round_of(1))
    own_kafka.pause()
    try:
        hangs = pytest.raises(BusUnavailable, match="does not answer in time when asked to write to ")
        with impatient(monkeypatch), hangs:
            await opened.publish(TOPIC, round_of(2))
    finally:
        own_kafka.resume()
    await publish_at_last(opened, round_of(2))
    assert await opened.end(TOPIC) >= 2 * len(KEYS)  # what was given up may have arrived after all
    await opened.close()


async def test_an_emptied_broker_is_another_epoch(own_kafka: OwnKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    epoch = await opened.epoch(TOPIC)
    await opened.publish(TOPIC, round_of(1))
    own_kafka.stop()
    own_kafka.empty()
    await asyncio.to_thread(own_kafka.start)
    with impatient(monkeypatch), pytest.raises(BusUnavailable):  # the connection that it had is gone
        await opened.publish(TOPIC, round_of(2))
    assert await opened.epoch(TOPIC) != epoch
    assert await opened.end(TOPIC) == 0
    await opened.close()


async def test_a_header_that_is_no_text_costs_nobody_else_his_message(
    clean_kafka: Kafka, buses: Sequence[KafkaBus]
) -> None:
    await buses[0].publish(TOPIC, [Message("a", b"1")])
    producer = AIOKafkaProducer(bootstrap_servers=clean_kafka.address)
    await producer.start()
    await producer.send_and_wait(TOPIC, None, key=b"\xff", headers=[("ce_id", b"\xff")])
    await producer.stop()
    group = await buses[1].subscribe("group", [TOPIC])
    got = await take(group, 2)
    assert sorted(d.message.value for d in got) == [b"", b"1"]
    await group.close()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
@pytest.mark.parametrize("security", ["sasl", "sasl-tls"])
async def test_who_logs_in_is_served(own_kafka: OwnKafka, security: str, mechanism: str) -> None:
    opened = KafkaBus(login(own_kafka, security, kafka_mechanism=mechanism))
    await opened.publish(TOPIC, [Message("a", b"1")])
    group = await opened.subscribe("group", [TOPIC])
    assert len(await group.batch()) == 1
    await group.close()
    await opened.close()


async def test_tls_alone_is_served_to_who_trusts_the_certificate(own_kafka: OwnKafka) -> None:
    trusting = KafkaBus(login(own_kafka, "tls"))
    await trusting.publish(TOPIC, [Message("a", b"1")])
    await trusting.close()
    await refused(login(own_kafka, "tls", kafka_ca=None), "cannot be trusted, or speaks no TLS: .*self-signed")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kafka_password": "guess"}, r"refuses the login of anna \(SCRAM-SHA-512\): "),
        ({"kafka_mechanism": "SCRAM-SHA-256"}, r"refuses the login of anna \(SCRAM-SHA-256\): "),
        ({"kafka_user": "bob"}, "does not permit bob to publish anything: "),
    ],
)
async def test_a_refusal_is_one_sentence_and_nothing_is_written(
    own_kafka: OwnKafka, admin: Any, wrong: dict[str, Any], why: str
) -> None:
    await refused(login(own_kafka, "sasl", **wrong), why)
    assert TOPIC not in await admin.list_topics()


async def refused(settings: ServiceSettings, why: str) -> None:
    opened = KafkaBus(settings)
    for asked in (opened.publish(TOPIC, [Message("a", b"1")]), opened.subscribe("group", [TOPIC]), opened.end(TOPIC)):
        with pytest.raises(BusUnavailable, match=f"^Kafka at 127.0.0.1:[0-9]+ {why}"):
            await asked
    await opened.close()


def login(kafka: OwnKafka, security: str, **more: Any) -> ServiceSettings:
    ours: dict[str, Any] = {"kafka_user": "anna", "kafka_password": "secret", "kafka_ca": kafka.authority}
    return ServiceSettings(bus=f"kafka://{kafka.addresses[security]}", kafka_security=security, **(ours | more))


def seen(group: KafkaSubscription, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Give an event that is set when Kafka begins to deal the group's partitions anew."""
    begun, revoked = asyncio.Event(), group.on_partitions_revoked

    async def told(partitions: set[TopicPartition]) -> None:
        begun.set()
        await revoked(partitions)

    monkeypatch.setattr(group, "on_partitions_revoked", told)
    return begun


async def share(*members: Subscription, count: int) -> list[Delivery]:
    """Let members read and commit until they have so many messages together; raises what one of them meets."""
    got: list[Delivery] = []

    async def read(group: Subscription) -> None:
        while len(got) < count:
            got.extend(await group.batch())
            await group.commit()

    readers = [asyncio.create_task(read(each)) for each in members]
    done, others = await asyncio.wait(readers, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for reader in done:
        reader.result()
    return got
