"""The real engines as fixtures: started once a session, skipped with the reason where they are not to be had."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest

from engines import NotHere, kafka, postgres
from engines.eventstore.process import event_store
from engines.kafka_process import OwnKafka


@contextmanager
def skipping(name: str) -> Iterator[None]:
    """Skip what needs an engine that is not here."""
    try:
        yield
    except NotHere as reason:
        pytest.skip(f"{name}: {reason}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL; a test that stops it starts it again."""
    with skipping("PostgreSQL"), postgres.server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A URL (`postgresql://…`) of an empty database."""
    with postgres.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_of(request: pytest.FixtureRequest) -> Iterator[postgres.DatabaseOf]:
    """The database of each context, on both engines in turn; empty at first, and the same for the same name."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield lambda _: None
            return
        server = request.getfixturevalue("postgres_server")
        yield cache(lambda _: stack.enter_context(postgres.fresh_database(server)))


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[kafka.Kafka]:
    """A Kafka; a test that stops it starts it again."""
    with skipping("Kafka"), kafka.server() as server:
        yield server


@pytest.fixture
async def clean_kafka(kafka_server: kafka.Kafka) -> AsyncIterator[kafka.Kafka]:
    """A Kafka without topics, and so without offsets."""
    await kafka_server.clean()
    yield kafka_server
    await kafka_server.clean()


@pytest.fixture
async def own_kafka(clean_kafka: kafka.Kafka) -> OwnKafka:
    """A Kafka that a test may stop, kill, pause and empty; it starts it again."""
    if not isinstance(clean_kafka, OwnKafka):
        pytest.skip("Kafka: only a broker of our own, from Maven's jars, may be stopped")
    return clean_kafka


@pytest.fixture(scope="session")
def eventstore() -> Iterator[str]:
    """The URI of an event store, real or a development server; a test keeps to a prefix of its own."""
    with event_store() as uri:
        yield uri
