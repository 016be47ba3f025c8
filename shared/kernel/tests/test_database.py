"""The database of derived tables on a file that others use too."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from carnet.kernel.database import Database


async def test_a_new_file_that_another_writes_is_waited_for(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "views.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE theirs (n)")
        database = Database.in_folder(tmp_path)
        opening = asyncio.create_task(database.write(lambda c: c.exec_driver_sql("CREATE TABLE ours (n)")))
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        await opening
    names = await database.read(lambda s: s.connection().exec_driver_sql("SELECT name FROM sqlite_master").all())
    assert {name for (name,) in names} == {"theirs", "ours"}
    database.close()
