"""The real engines as fixtures: started once a session, skipped with the reason where they are not to be had."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engines import NotHere, postgres


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
