"""What the search stands on: an extension of PostgreSQL, and indexes that are used."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from engines.postgres import Server, at, execute
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from carnet.kernel.database import Database
from carnet.kernel.postgresql import open_database
from carnet.kernel.projection import create_tables
from carnet.kernel.trouble import first_line, is_engine_trouble
from carnet.objects.read_models.full_text.fts5 import TOLD_OF
from carnet.objects.read_models.nodes import NODES
from carnet.objects.read_models.tree import CHILDREN

REFUSED = (
    'The database cannot be used: permission denied to create extension "pg_trgm"; '
    "the search needs it: let a superuser run CREATE EXTENSION pg_trgm in this database"
)


@pytest.fixture
def humble_url(postgres_server: Server, postgres_url: str) -> Iterator[str]:
    """A database in which the login may make tables and nothing else."""
    login = Identifier(name := f"humble_{uuid4().hex}")
    execute(
        postgres_url,
        SQL("CREATE ROLE {} LOGIN PASSWORD 'humble'").format(login),
        SQL("GRANT CREATE ON SCHEMA public TO {}").format(login),
    )
    yield at(postgres_url, username=name, password="humble")
    execute(postgres_url, SQL("DROP OWNED BY {}").format(login), SQL("DROP ROLE {}").format(login))


async def test_who_may_not_make_the_extension_is_told_who_can(humble_url: str, postgres_url: str) -> None:
    database = open_database(humble_url)
    with pytest.raises(ProgrammingError) as refused:
        await database.write(lambda connection: create_tables(connection, NODES))
    assert is_engine_trouble(refused.value)
    assert first_line(refused.value) == REFUSED
    execute(postgres_url, SQL("CREATE EXTENSION pg_trgm"))
    await database.write(lambda connection: create_tables(connection, NODES))
    database.close()


async def test_the_tree_and_the_texts_look_nothing_up_by_reading_all(tmp_path: Path) -> None:
    database = Database.in_folder(tmp_path)
    await database.write(lambda connection: create_tables(connection, NODES))
    asked = {"parent": "", "name": "", "node_id": "", "limit": 1, "nodes": "[]", "sites": "[]", "customers": "[]"}

    def steps(session: Session) -> list[str]:
        plans = [f"EXPLAIN QUERY PLAN {query}" for query in (CHILDREN, TOLD_OF.format(nodes="objects_node"))]
        return [step for plan in plans for *_, step in session.connection().execute(text(plan), asked)]

    found = await database.read(steps)
    assert [step for step in found if "SCAN" in step and "json_each" not in step] == []
    assert found
    database.close()
