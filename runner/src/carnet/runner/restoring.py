"""`carnet restore`: a folder from a backup, which lives on anew.

Each store gets a new incarnation, which is all that the others need: what is derived is built anew when the suite
starts, and who listens hears the new history alone.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, text

from carnet.kernel.database import Database
from carnet.kernel.engines import BUS_FILE
from carnet.kernel.migrations import bring_up
from carnet.kernel.operating import renew
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.runner.backup import DECIDED, FORMAT, MANIFEST, TOLD, BackupRefused, Manifest, appearing, checksum
from carnet.runner.told import tell_again


async def restore(settings: ServiceSettings, backup: Path) -> None:
    """Make the data folder, which has to be new or empty, from a backup; raises BackupRefused with nothing written."""
    manifest = checked(settings, backup)
    with appearing(settings.data) as draft:
        for name in manifest.files:
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(backup / name, draft / name)
        for context in CONTEXTS:
            await bring_back(draft, context, settings)
        if TOLD in manifest.files:
            await tell_again(draft / BUS_FILE, (draft / TOLD).read_bytes())
            (draft / TOLD).unlink()


def checked(settings: ServiceSettings, backup: Path) -> Manifest:
    """Read a backup's manifest; raises BackupRefused for what is none, not ours, or not as it was written."""
    try:
        manifest = Manifest.model_validate_json((backup / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise BackupRefused(f"{backup} is no backup: it has no {MANIFEST} that can be read.") from error
    if manifest.format > FORMAT:
        raise BackupRefused(f"{backup} is of format {manifest.format}, this release reads {FORMAT}: use a newer one.")
    if manifest.tenant != settings.tenant:
        raise BackupRefused(f"{backup} is of tenant {manifest.tenant}, this suite is of {settings.tenant}.")
    for name, expected in manifest.files.items():
        if not is_sound(backup, name, expected):
            raise BackupRefused(f"{backup} is damaged: {name} is not what was written there.")
    return manifest


def is_sound(backup: Path, name: str, expected: str) -> bool:
    """Say whether a file is as it was written; one outside of the backup would be put outside of the data folder."""
    file = (backup / name).resolve()
    return file.is_relative_to(backup.resolve()) and file.is_file() and checksum(file) == expected


async def bring_back(folder: Path, context: str, settings: ServiceSettings) -> None:
    """Begin a store's next incarnation, and keep what persons decided, which no event tells."""
    await renew(context, settings.model_copy(update={"data": folder}))
    rows = json.loads((folder / context / DECIDED).read_text())
    (folder / context / DECIDED).unlink()
    database = Database.in_folder(folder / context)
    try:
        await database.write(lambda connection: put_back(connection, context, settings.tenant, rows))
    finally:
        database.close()


def put_back(connection: Connection, context: str, tenant: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    bring_up(connection, tenant, context)
    for name, kept in rows.items():
        for row in kept:
            columns = ", ".join(row)
            values = ", ".join(f":{column}" for column in row)
            connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({values})"), row)  # noqa: S608  # our own
