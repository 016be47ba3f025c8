"""What cannot be derived is brought up to this release, once, and only where it is ours."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from engines.postgres import DatabaseOf
from sqlalchemy import Connection, Integer, MetaData
from sqlmodel import SQLModel
from toy import objects, settings_in

from carnet.kernel.database import Database
from carnet.kernel.engines import kept
from carnet.kernel.migrations import VERSION_TABLE, VERSIONS, bring_up
from carnet.kernel.migrations.steps import scripts
from carnet.kernel.service import service
from carnet.kernel.settings import BadSettings
from carnet.kernel.trial import trial

OURS = [table for name, table in SQLModel.metadata.tables.items() if name.startswith("carnet_")]
WITHOUT_MODEL = {"carnet_owner", "carnet_document"}  # asked by text alone


@pytest.fixture
def opens(tmp_path: Path, database_of: DatabaseOf) -> Callable[[], Database]:
    return lambda: kept(tmp_path, settings_in(tmp_path, database_of("objects")))[0]


async def with_database(database: Database, work: Callable[[Connection], Any]) -> Any:
    try:
        return await database.write(work)
    finally:
        database.close()


def differences(connection: Connection) -> list[Any]:
    """Compare the tables as they were made with their models."""
    models = MetaData()
    for table in OURS:
        table.to_metadata(models)
    options = {"version_table": VERSION_TABLE, "compare_type": differs}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), models)
    return [each for each in found if each[0] != "remove_table" or each[1].name not in WITHOUT_MODEL]


def differs(_: Any, __: Any, ___: Any, made: Any, declared: Any) -> bool | None:
    """Take whole numbers for equal, whatever their width."""
    return False if isinstance(made, Integer) and isinstance(declared, Integer) else None


async def test_databases_that_are_made_at_once_in_one_process_do_not_mix(tmp_path: Path) -> None:
    contexts = [f"context-{n}" for n in range(8)]
    made = [Database.in_folder(tmp_path / context) for context in contexts]
    works = (
        database.write(partial(bring_up, tenant="carnet", context=c))
        for c, database in zip(contexts, made, strict=True)
    )
    await asyncio.gather(*works)
    for database in made:
        assert await with_database(database, differences) == []


async def test_the_tables_are_what_their_models_say(opens: Callable[[], Database]) -> None:
    def made(connection: Connection) -> list[Any]:
        bring_up(connection, "carnet", "objects")
        return differences(connection)

    assert await with_database(opens(), made) == []


def test_the_versions_are_one_line_and_the_last_file_is_its_end() -> None:
    assert [step.revision for step in scripts().walk_revisions()] == VERSIONS[::-1]


async def test_several_that_start_at_once_bring_it_up_once(opens: Callable[[], Database]) -> None:
    starts = [with_database(opens(), lambda c: bring_up(c, "carnet", "objects")) for _ in range(4)]
    await asyncio.gather(*starts)
    owners = await with_database(opens(), lambda c: c.exec_driver_sql("SELECT * FROM carnet_owner").all())
    assert [tuple(each) for each in owners] == [("carnet", "objects")]


async def test_a_database_of_a_later_release_is_refused_and_nothing_is_written(opens: Callable[[], Database]) -> None:
    await with_database(opens(), later)
    with pytest.raises(BadSettings, match=r"^The database of objects was made by a later release \(v9999; this one: v"):
        await with_database(opens(), lambda c: bring_up(c, "carnet", "objects"))
    assert await with_database(opens(), names) == {"carnet_version"}


def later(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE carnet_version (version_num VARCHAR(32) PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO carnet_version VALUES ('v9999')")


def names(connection: Connection) -> set[str]:
    return set(connection.dialect.get_table_names(connection))


@pytest.mark.parametrize(("tenant", "context"), [("another", "objects"), ("carnet", "dispatch")])
async def test_a_database_of_another_is_refused(opens: Callable[[], Database], tenant: str, context: str) -> None:
    await with_database(opens(), lambda c: bring_up(c, "carnet", "objects"))
    with pytest.raises(BadSettings, match=r"is that of objects of tenant carnet; each one needs its own\.$"):
        await with_database(opens(), lambda c: bring_up(c, tenant, context))


async def test_a_service_on_another_tenants_database_does_not_start(tmp_path: Path, database_of: DatabaseOf) -> None:
    settings = settings_in(tmp_path, database_of("objects"))
    await with_database(kept(tmp_path / "objects", settings)[0], lambda c: bring_up(c, "another", "objects"))
    with pytest.raises(BadSettings, match="tenant another"):
        async with trial(objects=service(objects, settings)):
            pass
