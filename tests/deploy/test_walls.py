"""Walls at run time: what each context's users may do on the engines, tried on real ones."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DeleteAclsRequest
from deploy.hearing import groups, topics
from engines import postgres
from engines.kafka_process import OwnKafka
from engines.ports import free_port
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from carnet.events.catalogue import context_topic
from carnet.kernel.bus.kafka import KafkaBus
from carnet.kernel.bus.port import Bus, BusUnavailable, Message
from carnet.kernel.operating import migrate_one
from carnet.kernel.serve import NotReady
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import BadSettings, ServiceSettings

DEPLOY = Path(__file__).parents[2] / "deploy"
PATIENCE = 60.0
KINDS, RIGHTS = (
    {"--topic": 2, "--group": 3},
    {"Read": 3, "Write": 4, "Create": 5},
)  # Kafka's numbers, as those that follow
LITERAL, PREFIXED, ANYTHING = 3, 4, 1
Right = tuple[int, str, int, int]
"""Kind of resource, its name, how the name is meant, what may be done."""


def rights(context: str) -> set[Right]:
    """Read what `acls.sh` would tell kafka-acls.sh."""
    script, told = [str(DEPLOY / "kafka/acls.sh"), context], {**os.environ, "KAFKA_ACLS": "echo"}
    said = subprocess.run(script, env=told, capture_output=True, text=True, check=True).stdout
    return {right for line in said.splitlines() for right in of(line.split())}


def of(words: list[str]) -> Iterator[Right]:
    pairs = list(pairwise(words))
    meant = PREFIXED if ("--resource-pattern-type", "prefixed") in pairs else LITERAL
    allowed = [RIGHTS[value] for option, value in pairs if option == "--operation"]
    for option, name in pairs:
        if option in KINDS:
            yield from ((KINDS[option], name, meant, right) for right in allowed)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_user_may_read_what_its_context_hears_and_write_what_is_its_own(context: str) -> None:
    on_topics = [(name, right) for kind, name, _, right in rights(context) if kind == KINDS["--topic"]]
    own = {context_topic(context), f"{context_topic(context)}.epoch"}
    inbound = {topic for topic in topics()[context] if topic.startswith("carnet.inbound.")}
    assert {name for name, right in on_topics if right == RIGHTS["Read"]} == own | topics()[context]
    assert {name for name, right in on_topics if right == RIGHTS["Write"]} == own | inbound
    assert {name for name, right in on_topics if right == RIGHTS["Create"]} == own | inbound


def test_a_users_groups_are_those_of_its_context() -> None:
    for context in CONTEXTS:
        prefixes = [(name, meant) for kind, name, meant, _ in rights(context) if kind == KINDS["--group"]]
        assert prefixes == [(context, PREFIXED)]
        assert {each for each, names in groups().items() for name in names if name.startswith(context)} == {context}
        assert all(name.startswith(context) for name in groups()[context])


def kafka_acls(kafka: OwnKafka, folder: Path) -> str:
    """Write Kafka's own program for ACLs, as its distribution starts it; gives the command."""
    script = folder / "kafka-acls.sh"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(kafka.java("org.apache.kafka.tools.AclCommand"))} "$@"\n')
    script.chmod(0o700)
    return f"{script} --bootstrap-server {kafka.address}"


@asynccontextmanager
async def bob_as(context: str, kafka: OwnKafka) -> AsyncIterator[Bus]:
    """Give bob a context's rights by `acls.sh` for as long as the block runs, and his connection."""
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        told = {**os.environ, "KAFKA_ACLS": kafka_acls(kafka, kafka.folder)}
        give = partial(subprocess.run, env=told, check=True, capture_output=True)
        await asyncio.to_thread(give, [DEPLOY / "kafka/acls.sh", context, "bob"])
        login = {"kafka_security": "sasl", "kafka_user": "bob", "kafka_password": "secret"}
        bus = KafkaBus(ServiceSettings.model_validate({"bus": f"kafka://{kafka.addresses['sasl']}", **login}))
        yield bus
        await bus.close()
    finally:
        forbid = DeleteAclsRequest(ANYTHING, None, ANYTHING, "User:bob", None, ANYTHING, ANYTHING)
        await admin._send_to_controller(forbid)  # aiokafka has the request, and no method for it
        await admin.close()


async def permitted(attempt: Any) -> None:
    """Try until it is permitted: a right that was given holds a moment later."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await attempt()
            except BusUnavailable:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.fixture
def heard() -> set[str]:
    """What dispatch hears."""
    return topics()["dispatch"]


async def test_on_a_real_broker_dispatch_publishes_and_hears_and_may_not_speak_for_another(
    own_kafka: OwnKafka, heard: set[str]
) -> None:
    message = [Message("a", b"1")]
    anyone = KafkaBus(ServiceSettings(bus=own_kafka.uri))
    for topic in heard | {"carnet.notifications.v1"}:
        await anyone.publish(topic, message)
    async with bob_as("dispatch", own_kafka) as bus:
        await permitted(lambda: bus.publish("carnet.dispatch.v1", message))
        await permitted(lambda: bus.epoch("carnet.dispatch.v1"))
        member = await bus.subscribe("dispatch.orders", sorted(heard))
        assert await member.batch()
        await member.commit()
        await member.close()
        for refused in (
            bus.publish("carnet.objects.v1", message),
            bus.subscribe("dispatch.orders", ["carnet.notifications.v1"]),
            bus.subscribe("objects.orders", ["carnet.objects.v1"]),
        ):
            with pytest.raises(BusUnavailable, match="does not permit bob to"):
                await refused
    await anyone.close()


NAMES: Final = ("objects", "dispatch")


@pytest.fixture
def rooms(postgres_server: postgres.Server, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Make databases and users of two contexts by walls.sh; gives their URLs by context."""
    if (psql := shutil.which("psql")) is None:
        pytest.skip("PostgreSQL: no psql (Debian: apt-get install postgresql-client)")
    server, mark = make_url(postgres_server.url), uuid4().hex[:8]
    named = {context: f"{context}_{mark}" for context in NAMES}
    for user in named.values():
        (tmp_path / user).write_text(f"of {user}'s own")
    told = {
        "PATH": f"{Path(psql).parent}:{os.environ['PATH']}",
        "PGHOST": str(server.host),
        "PGPORT": str(server.port),
        "PGUSER": str(server.username),
        "PGPASSWORD": str(server.password),
        "WALLS_SQL": str(DEPLOY / "postgres/walls.sql"),
        "CONTEXTS": " ".join(named.values()),
        "PASSWORDS": str(tmp_path),
    }
    try:
        subprocess.run(["sh", DEPLOY / "postgres/walls.sh"], env=told, check=True)
        yield {
            context: postgres.at(postgres_server.url, username=user, password=f"of {user}'s own", database=user)
            for context, user in named.items()
        }
    finally:
        for user in named.values():
            postgres.execute(
                postgres_server.url,
                SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(user)),
                SQL("DROP ROLE IF EXISTS {}").format(Identifier(user)),
            )


@pytest.fixture
def started_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Let a context meet a database as its migration does."""

    async def start(context: str, database: str) -> None:
        monkeypatch.setenv("CARNET_DATA", str(tmp_path))
        monkeypatch.setenv("CARNET_DATABASE", database)
        await migrate_one(context)

    return start


async def test_each_context_has_its_own_database_and_no_way_into_anothers(
    rooms: dict[str, str], started_with: Any
) -> None:
    for context, url in rooms.items():
        await started_with(context, url)
        await started_with(context, url)
    own, others = make_url(rooms["dispatch"]), make_url(rooms["objects"])
    theirs = own.set(database=others.database).render_as_string(hide_password=False)
    with pytest.raises(NotReady, match=r"^The database cannot be used: .*permission denied for database[^\n]*$"):
        await started_with("dispatch", theirs)
    wrong = own.set(username=others.username).render_as_string(hide_password=False)
    with pytest.raises(NotReady, match=r"^The database cannot be used: .*password authentication failed[^\n]*$"):
        await started_with("dispatch", wrong)


async def test_with_anothers_credentials_a_context_says_whose_database_that_is(
    rooms: dict[str, str], started_with: Any
) -> None:
    await started_with("objects", rooms["objects"])
    with pytest.raises(BadSettings, match=r"^The database of dispatch .* is that of objects .*needs its own\.$"):
        await started_with("dispatch", rooms["objects"])


def test_a_service_with_anothers_credentials_ends_with_one_line(rooms: dict[str, str], tmp_path: Path) -> None:
    carnet, told = str(Path(sys.executable).with_name("carnet")), {"PATH": os.environ["PATH"]}
    told |= {"CARNET_DATA": str(tmp_path / "data"), "CARNET_DATABASE": rooms["objects"]}
    subprocess.run([carnet, "migrate", "objects"], env=told, check=True, capture_output=True, timeout=PATIENCE)
    done = subprocess.run(
        [carnet, "serve", "dispatch", "--port", str(free_port())],
        env=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert "carnet: The database of dispatch of tenant carnet is that of objects" in done.stderr.splitlines()[-1]
