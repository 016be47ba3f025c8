"""Tables beside the live ones: copies under a generation's name, which a swap renames to the model's own."""

import re

from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.sql import quoted_name

from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Tables, live


def shadow_tables(model: ReadModel, generation: int) -> Tables:
    """Give copies of a model's tables, named after the generation; index names may not repeat in a database."""
    return {name: shadow_table(table, generation) for name, table in live(*model.tables).items()}


def shadow_table(table: Table, generation: int) -> Table:
    copy = table.to_metadata(MetaData(), name=f"{table.name}__{generation}")
    for index in copy.indexes:
        index.name = quoted_name(f"{index.name}__{generation}", quote=None)
    return copy


def drop(connection: Connection, tables: Tables) -> None:
    """Drop tables and what was made for them (a full-text table is named after its table)."""
    for table in tables.values():
        for name in virtual_tables(connection, table.name):
            connection.execute(text(f'DROP TABLE "{name}"'))
        connection.execute(text(f'DROP TABLE IF EXISTS "{table.name}"'))


def rename(connection: Connection, old: str, new: str) -> None:
    for name in virtual_tables(connection, old):
        connection.execute(text(f'ALTER TABLE "{name}" RENAME TO "{new}{name.removeprefix(old)}"'))
    connection.execute(text(f'ALTER TABLE "{old}" RENAME TO "{new}"'))


def virtual_tables(connection: Connection, table: str) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    rows = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"))
    return [name for (name,) in rows if re.fullmatch(re.escape(table) + r"_(?!_)\w+", name)]
