"""The real engines as fixtures: started once a session, skipped with the reason where they are not to be had."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url

from carnet.kernel.database import engine as embedded
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
def own_postgres(postgres_server: postgres.Server) -> postgres.Server:
    """A PostgreSQL that a test may stop and kill; it starts it again."""
    if isinstance(postgres_server, postgres.Named):
        pytest.skip("PostgreSQL: only a server of our own may be stopped, not the one that CARNET_POSTGRES names")
    return postgres_server


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


@pytest.fixture
def database(request: pytest.FixtureRequest) -> SecretStr | None:
    """The database of a service: a file in its folder, and PostgreSQL too in a test that is parametrised so.

    `@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)`
    """
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    return SecretStr(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def scratch(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Derived tables on both engines in turn, without a service; tests roll their rows back."""
    if request.param == "sqlite":
        yield embedded("sqlite://", "BEGIN")
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        made = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        yield made
        made.dispose()


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
