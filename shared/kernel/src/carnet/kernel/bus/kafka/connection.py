"""Connecting to Kafka: how to log in there, what is asked of a producer, and letting go of all of it."""

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.conn import create_conn
from faststream.kafka import KafkaBroker
from faststream.kafka.publisher.producer import AioKafkaFastProducerImpl
from faststream.kafka.security import parse_security
from faststream.middlewares import AckPolicy
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from carnet.kernel.bus.kafka.refusals import FAILURES, hosts, sentence
from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.settings import ServiceSettings

ANSWER_SECONDS: Final = 10.0  # after which a broker is taken for gone
METADATA_SECONDS: Final = 10.0  # how soon partitions that were added are seen
REQUEST_BYTES: Final = 3 * 1024 * 1024  # a store's whole append of 1 MiB passes, with its headers, and some to spare
SASL: Final = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}

logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is gone is our one line, not twenty a second


def security(settings: ServiceSettings) -> BaseSecurity | None:
    """Give FastStream's security object as the settings say; None for plain text."""
    if settings.kafka_security == "plaintext":
        return None
    secure = settings.kafka_security in ("tls", "sasl-tls")
    context = ssl.create_default_context(cafile=settings.kafka_ca) if secure else None
    if settings.kafka_security == "tls":
        return BaseSecurity(ssl_context=context)
    user, password = settings.kafka_user, settings.kafka_password.get_secret_value()
    return SASL[settings.kafka_mechanism](user, password, ssl_context=context)


class Producer(AioKafkaFastProducerImpl):
    """FastStream's producer; one that Kafka does not let begin is closed, where FastStream forgets it, half open."""

    async def connect(self, producer: AIOKafkaProducer, *more: Any, **named: Any) -> None:
        try:
            await super().connect(producer, *more, **named)
        except BaseException:
            await ended(producer.stop())
            raise


def new_broker(settings: ServiceSettings) -> KafkaBroker:
    """Make FastStream's broker, not yet connected: it loses and doubles nothing on its way to Kafka."""
    broker = KafkaBroker(
        hosts(settings),
        security=security(settings),
        client_id="carnet",
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=131072,
        max_request_size=REQUEST_BYTES,
        request_timeout_ms=int(ANSWER_SECONDS * 1000),
        metadata_max_age_ms=int(METADATA_SECONDS * 1000),
        allow_auto_create_topics=False,
        ack_policy=AckPolicy.MANUAL,
        graceful_timeout=ANSWER_SECONDS,
        apply_types=False,  # a member takes its records as they are: no injection, a fifth of the time
        id_generator=lambda: "",  # an envelope has its own correlation
        logger=None,
    )
    broker.config.broker_config.producer = Producer(parser=None, decoder=None)
    return broker


async def knock(settings: ServiceSettings) -> None:
    """Connect and log in to one of the hosts; raises BusUnavailable with what the last one said."""
    said: Exception = ConnectionError("no host is named")
    for host in hosts(settings):
        name, _, port = host.rpartition(":")
        try:
            connection = await create_conn(
                name.strip("[]"), int(port), request_timeout_ms=5000, **parse_security(security(settings))
            )
        except FAILURES as error:
            said = error
        else:
            connection.close()
            return
    raise BusUnavailable(sentence(settings, "connect", said)) from said


async def abandon(broker: KafkaBroker) -> None:
    """Close a broker, whatever it still holds: aiokafka would try for ever to send what was not acknowledged."""
    producer: Any = broker.config.producer
    if producer:
        producer._producer.producer._sender.sender_task.cancel()  # noqa: SLF001  # else its stop waits for the flush
    await ended(broker.stop())


async def released(consumer: Any, stop: Coroutine[Any, Any, object]) -> None:
    """Stop a consumer and let go of its connections, which aiokafka keeps when a fetch failed before."""
    await ended(stop)
    if consumer is not None:
        await ended(consumer._client.close())  # noqa: SLF001  # a second time it does nothing


async def ended(stop: Coroutine[Any, Any, object]) -> None:
    """Await a stop in a task of its own: after a failure it may end in a cancellation that is not ours, or never."""
    task = asyncio.create_task(stop)
    try:
        await asyncio.wait({task}, timeout=ANSWER_SECONDS)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
