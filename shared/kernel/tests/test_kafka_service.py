"""A service whose Kafka is not there, or does not let it in: commands succeed, and who asks is told what is missing."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines.kafka_process import OwnKafka
from toy import Task, all_rows, toys

from carnet.kernel.trial import Trial, trial


async def until_it_says(suite: Trial, context: str, means: Callable[[str], bool]) -> None:
    async with asyncio.timeout(60):
        while not means((await suite.get(f"/{context}/health/ready", role=None)).text):  # noqa: ASYNC110  # as a probe
            await asyncio.sleep(0.05)


async def test_without_its_broker_a_service_takes_commands_and_says_what_is_missing_until_it_comes(
    own_kafka: OwnKafka, tmp_path: Path
) -> None:
    own_kafka.stop()
    missing = f"Kafka at {own_kafka.address} cannot be reached"
    try:
        async with trial(**toys(tmp_path, bus=own_kafka.uri)) as suite:
            assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201
            for context in ("objects", "dispatch"):
                await until_it_says(suite, context, lambda said: missing in said)
                assert (await suite.get(f"/{context}/health/ready", role=None)).status_code == 503
            await asyncio.to_thread(own_kafka.start)
            for context in ("objects", "dispatch"):
                await until_it_says(suite, context, lambda said: "Kafka" not in said)
            await suite.settle()
            assert [row["text"] for row in await suite.runtime("dispatch").query(all_rows(Task))] == ["40"]
    finally:
        if own_kafka.process is None:
            await asyncio.to_thread(own_kafka.start)


async def test_a_login_that_is_refused_is_named_and_commands_succeed(own_kafka: OwnKafka, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"kafka_security": "sasl", "kafka_user": "anna", "kafka_password": "guess"}
    async with trial(**toys(tmp_path, bus=f"kafka://{own_kafka.addresses['sasl']}", **wrong)) as suite:
        assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201
        await until_it_says(suite, "objects", lambda said: "refuses the login of anna (SCRAM-SHA-512)" in said)
        await until_it_says(suite, "dispatch", lambda said: "refuses the login of anna (SCRAM-SHA-512)" in said)


async def test_rights_that_are_missing_are_named_and_commands_succeed(own_kafka: OwnKafka, tmp_path: Path) -> None:
    bob: dict[str, Any] = {"kafka_security": "sasl", "kafka_user": "bob", "kafka_password": "secret"}
    async with trial(**toys(tmp_path, bus=f"kafka://{own_kafka.addresses['sasl']}", **bob)) as suite:
        assert (await suite.post("/objects/lamps", {"watts": 40})).status_code == 201
        await until_it_says(suite, "objects", lambda said: "does not permit bob to publish anything" in said)
        await until_it_says(suite, "dispatch", lambda said: "does not permit bob to publish anything" in said)
