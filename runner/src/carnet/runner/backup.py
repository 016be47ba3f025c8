"""`carnet backup`: what cannot be derived, of a running or a stopped folder, as one consistent cut of all stores.

Stores, then documents, then the rest: the dead letters that persons passed over and what they should know, what other
systems told, the business day, and the issuer's key, which is secret. All else is derived again from these.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import BaseModel

from carnet.kernel.day import DAY_FILE
from carnet.kernel.engines import BUS_FILE, STORE_FILE
from carnet.kernel.folder import FolderRefused
from carnet.kernel.issuer import KEY_FILE
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.runner.told import told

FORMAT: Final = 2  # 1 had nothing of what other systems told
MANIFEST, DECIDED, DOCUMENTS, TOLD = "manifest.json", "decided.json", "documents", "told.json"
PERSONS_DECIDED: Final = ("carnet_skipped", "carnet_incident")
OF_THE_SUITE: Final = (DAY_FILE, KEY_FILE)


class BackupRefused(FolderRefused):
    """There is nothing to back up, or nothing that can be restored here, said in one sentence."""


class Manifest(BaseModel):
    """What a backup holds: each file's SHA-256, by its path."""

    format: int
    tenant: str
    files: dict[str, str]


def back_up(settings: ServiceSettings, target: Path) -> Manifest:
    """Back a data folder up into `target`, which appears whole or not at all; raises BackupRefused."""
    if settings.store is not None or settings.database is not None:
        raise BackupRefused("Stores and databases on servers are backed up with the servers' own tools.")
    with appearing(target) as draft:
        copy_stores(settings.data, draft)
        for context in CONTEXTS:
            copy_documents(settings.data / context / DOCUMENTS, draft / context / DOCUMENTS)
            (draft / context / DECIDED).write_text(json.dumps(decided(settings.data / context / "views.db")))
        (draft / TOLD).write_bytes(told(settings.data / BUS_FILE))
        for name in OF_THE_SUITE:
            if (settings.data / name).exists():
                shutil.copy(settings.data / name, draft / name)
        manifest = Manifest(format=FORMAT, tenant=settings.tenant, files=checksums(draft))
        (draft / MANIFEST).write_text(manifest.model_dump_json(indent=2))
    return manifest


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Give a folder for the owner's eyes only; at the end of the block it is on disk and takes `target`'s place."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} holds something already; name a folder that is new or empty.")
    draft = target.parent / f".{target.name}.{uuid4().hex}"
    try:
        draft.mkdir(mode=0o700, parents=True)
        yield draft
        sync(draft)
        draft.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{target} was not written: {error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def copy_stores(data: Path, draft: Path) -> None:
    """Copy every context's store as they all were at one moment."""
    with ExitStack() as stack:
        stores = {context: stack.enter_context(closing(store_in(data, context))) for context in CONTEXTS}
        pin(stores)
        for context, store in stores.items():
            (draft / context).mkdir()
            with closing(sqlite3.connect(draft / context / STORE_FILE)) as copy:
                store.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def store_in(data: Path, context: str) -> sqlite3.Connection:
    """Open a store beside whoever writes it."""
    if not (file := data / context / STORE_FILE).exists():
        raise BackupRefused(f"There is nothing to back up in {data}: {context} has no event store there.")
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=10.0, isolation_level=None)


def pin(stores: dict[str, sqlite3.Connection]) -> None:
    """Let every connection see its store as it is now, with all writers held up for the moment that this takes."""
    with ExitStack() as stack:
        for store in stores.values():
            (path,) = (row[2] for row in store.execute("PRAGMA database_list"))
            stack.enter_context(closing(writer := sqlite3.connect(path, timeout=10.0, isolation_level=None)))
            writer.execute("BEGIN IMMEDIATE")
        for store in stores.values():
            store.execute("BEGIN")
            store.execute("SELECT count(*) FROM meta").fetchone()


def copy_documents(source: Path, target: Path) -> None:
    """Copy what is kept under its digest; what is being written just now belongs to no event of the cut."""
    for file in source.glob("??/[!.]*"):
        (target / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target / file.parent.name / file.name)


def decided(views: Path) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of the tables that no event tells."""
    if not views.exists():
        return {}
    with closing(sqlite3.connect(f"{views.resolve().as_uri()}?mode=rw", uri=True, timeout=10.0)) as connection:
        connection.row_factory = sqlite3.Row
        there = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
        return {table: rows_of(connection, table) for table in PERSONS_DECIDED if table in there}


def rows_of(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608  # a name of ours


def checksums(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file below a folder, by its path there."""
    return {str(file.relative_to(folder)): checksum(file) for file in sorted(files_in(folder))}


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Bring files and folders to the disk."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
