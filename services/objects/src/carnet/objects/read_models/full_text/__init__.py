"""The indexes of the nodes' table, and the full text in which a node is found.

A node's searched text is its own, its site's and its customer's. It is put together from the rows after each page of
events, so that it is the same in whatever order the streams were heard. How it is kept and asked is each engine's own.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection
from sqlmodel import Session

from carnet.kernel.rows import Change, Delete, Tables, name_of
from carnet.objects.read_models.full_text import fts5, trigrams
from carnet.objects.read_models.full_text.port import FullText, Told
from carnet.objects.read_models.placing import PARENT, SITE

NODES: Final = "objects_node"
CUSTOMERS: Final = "objects_customer"
SAYS: Final = frozenset({"text", "debtor_id", "first_site_id", "moved_site_id"})
"""The columns that change what a node is found by."""

ENGINES: Final[dict[str, FullText]] = {"sqlite": fts5, "postgresql": trigrams}


def full_text(session: Session) -> FullText:
    """Give the full text of the engine that a session is on."""
    return ENGINES[session.connection().dialect.name]


def ddl(table: str, engine: str) -> tuple[str, ...]:
    """Give the indexes and the full text of the nodes' physical table."""
    if not table.startswith(NODES):
        return ()
    return (
        f'CREATE INDEX "{table}_parent" ON "{table}" (({PARENT.format(n="")}), name, node_id)',
        f'CREATE INDEX "{table}_site" ON "{table}" (({SITE.format(n="")}))',
        f'CREATE INDEX "{table}_debtor" ON "{table}" (debtor_id)',
        f'CREATE INDEX "{table}_number" ON "{table}" (number)',
        f'CREATE INDEX "{table}_listed" ON "{table}" (is_object, number, node_id)',
        *ENGINES[engine].ddl(table),
    )


def find_again(connection: Connection, tables: Tables, changes: Sequence[Change]) -> None:
    """Put the text together again of the nodes that changes told of, of those on their sites and of the customers'."""
    told = Told(
        nodes=keys(NODES, SAYS, changes),
        sites=keys(NODES, frozenset({"text"}), changes),
        customers=keys(CUSTOMERS, frozenset({"text"}), changes),
    )
    if any(told):
        engine = ENGINES[connection.dialect.name]
        engine.find_again(connection, tables[NODES].name, tables[CUSTOMERS].name, told)


def keys(table: str, columns: frozenset[str], changes: Iterable[Change]) -> list[str]:
    """Give the keys of the rows of a table in which one of these columns was written."""
    return sorted(
        {
            key
            for change in changes
            if not isinstance(change, Delete) and name_of(change.table) == table and columns & change.values.keys()
            for key in change.key.values()
        }
    )
