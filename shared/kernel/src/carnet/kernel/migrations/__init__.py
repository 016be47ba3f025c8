"""The tables that cannot be derived, brought up to this release: forward only, by Alembic, on every engine.

Each release adds a file `versions/v<number>_<what it does>.py`; derived tables are never migrated but rebuilt.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from carnet.kernel.settings import BadSettings

FOLDER: Final = Path(__file__).parent
VERSIONS: Final = sorted(path.name.split("_")[0] for path in (FOLDER / "versions").glob("v*.py"))
VERSION_TABLE: Final = "carnet_version"


def bring_up(connection: Connection, tenant: str, context: str) -> None:
    """Make the kernel's own tables what this release needs, and the database this tenant's and this context's alone.

    Within one `write`, so that of two processes one comes after the other. Raises BadSettings, with nothing written.
    """
    found = version(connection)
    if found is not None and found not in VERSIONS:
        raise BadSettings(f"The database of {context} was made by a later release ({found}; this one: {VERSIONS[-1]}).")
    if found != VERSIONS[-1]:
        upgrade(connection)
    claim(connection, tenant, context)


def version(connection: Connection) -> str | None:
    """Give the database's version; None for one that is new."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM carnet_version")).scalar()
    return found


def upgrade(connection: Connection) -> None:
    """Run what is missing up to the newest version."""
    from carnet.kernel.migrations.steps import run  # noqa: PLC0415  # Alembic is slow to import, and seldom needed

    run(connection)


def claim(connection: Connection, tenant: str, context: str) -> None:
    """Write down whose database this is, or see that it is ours."""
    owner = connection.execute(text("SELECT tenant, context FROM carnet_owner")).first()
    if owner is None:
        ours = {"tenant": tenant, "context": context}
        connection.execute(text("INSERT INTO carnet_owner (tenant, context) VALUES (:tenant, :context)"), ours)
    elif tuple(owner) != (tenant, context):
        whose = f"{owner[1]} of tenant {owner[0]}"
        raise BadSettings(f"The database of {context} of tenant {tenant} is that of {whose}; each one needs its own.")
