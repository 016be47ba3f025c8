"""Alembic on a transaction that is already begun: no configuration, no environment, all steps or none."""

from functools import cache
from threading import Lock
from typing import Final

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from carnet.kernel.migrations import FOLDER, VERSION_TABLE

ONE_AT_A_TIME: Final = Lock()
"""Alembic's `op` is one for the whole process: services that start together would make each other's tables."""


def run(connection: Connection) -> None:
    """Upgrade to the newest version."""
    steps = scripts()._upgrade_revs  # noqa: SLF001  # as Alembic's own `upgrade` does
    options = {"version_table": VERSION_TABLE, "fn": lambda heads, _: steps("head", heads)}
    context = MigrationContext.configure(connection, opts=options)
    with ONE_AT_A_TIME, Operations.context(context):
        context.run_migrations()


@cache
def scripts() -> ScriptDirectory:
    """Read the versions' files, once."""
    return ScriptDirectory(str(FOLDER))
