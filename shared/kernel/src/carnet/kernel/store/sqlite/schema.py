"""The file: its tables, its settings, and whom it belongs to."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final
from uuid import UUID

from carnet.kernel.store.incarnation import incarnation_after
from carnet.kernel.store.port import NewerStore, OtherTenant, StoreError
from carnet.kernel.store.sqlite.connection import connect, immediate, log_ahead

VERSION: Final = 1
TABLES: Final = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE stream (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, tombstoned INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE event (
        position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
        type TEXT NOT NULL, data BLOB NOT NULL, metadata TEXT NOT NULL, recorded_at INTEGER NOT NULL,
        UNIQUE (stream, revision), UNIQUE (stream, id))""",
    f"PRAGMA user_version = {VERSION}",
)


def prepare(path: Path, tenant: str | None) -> tuple[sqlite3.Connection, UUID]:
    """Make the file what this version reads and claim it for `tenant`; give a connection and the incarnation id.

    Raises NewerStore, OtherTenant; StoreError when there is no way to read or write it.
    """
    try:
        with ExitStack() as undo:
            connection = undo.enter_context(closing(connect(path)))
            incarnation = _prepare(connection, path, tenant)
            undo.pop_all()
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be used as an event store: {error}.") from error
    return connection, incarnation


def _prepare(connection: sqlite3.Connection, path: Path, tenant: str | None) -> UUID:
    _refuse_newer(connection, path)  # before anything is written
    log_ahead(connection)
    with immediate(connection):
        if _version(connection) == 0:
            _create(connection)
        if tenant is not None:
            _claim(connection, path, tenant)
        return UUID(_meta(connection, "incarnation"))


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    if (version := _version(connection)) > VERSION:
        raise NewerStore(f"{path} has version {version}, this program knows {VERSION}: update Carnet to open it.")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    for statement in TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('incarnation', ?)", (str(incarnation_after()),))


def _claim(connection: sqlite3.Connection, path: Path, tenant: str) -> None:
    connection.execute("INSERT INTO meta VALUES ('tenant', ?) ON CONFLICT DO NOTHING", (tenant,))
    if (owner := _meta(connection, "tenant")) != tenant:
        raise OtherTenant(f"{path} belongs to tenant {owner}, not to {tenant}.")


def _meta(connection: sqlite3.Connection, key: str) -> str:
    return str(connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])
