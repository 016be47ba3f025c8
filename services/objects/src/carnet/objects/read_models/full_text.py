"""The indexes of the nodes' table, and the full text in which a node is found.

A node's searched text is its own, its site's and its customer's. It is put together from the rows after each page of
events, so that it is the same in whatever order the streams were heard.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, text

from carnet.kernel.rows import Change, Delete, Tables, name_of

NODES: Final = "objects_node"
CUSTOMERS: Final = "objects_customer"
PARENT: Final = "CASE WHEN {n}moved THEN {n}moved_parent_id ELSE {n}first_parent_id END"
SITE: Final = "CASE WHEN {n}moved THEN {n}moved_site_id ELSE {n}first_site_id END"
SAYS: Final = frozenset({"text", "debtor_id", "first_site_id", "moved_site_id"})
"""The columns that change what a node is found by."""


def ddl(table: str) -> tuple[str, ...]:
    """Give the indexes and the full text of the nodes' physical table."""
    if not table.startswith(NODES):
        return ()
    return (
        f'CREATE INDEX "{table}_parent" ON "{table}" ({PARENT.format(n="")}, name, node_id)',
        f'CREATE INDEX "{table}_site" ON "{table}" ({SITE.format(n="")})',
        f'CREATE INDEX "{table}_debtor" ON "{table}" (debtor_id)',
        f'CREATE INDEX "{table}_number" ON "{table}" (number)',
        f"CREATE VIRTUAL TABLE \"{table}_fts\" USING fts5(text, tokenize='trigram', columnsize=0)",
        f"CREATE VIRTUAL TABLE \"{table}_words\" USING fts5(text, prefix='1 2 3', detail=none, columnsize=0)",
    )


INDEXES: Final = ("fts", "words")
TOLD_OF: Final = """
SELECT rowid FROM "{nodes}" n WHERE n.node_id IN (SELECT value FROM json_each(:told))
UNION SELECT rowid FROM "{nodes}" n WHERE {site} IN (SELECT value FROM json_each(:sites))
UNION SELECT rowid FROM "{nodes}" n WHERE n.debtor_id IN (SELECT value FROM json_each(:customers))
"""
FORGET: Final = 'DELETE FROM "{nodes}_{index}" WHERE rowid IN (SELECT value FROM json_each(:rows))'
FIND: Final = """
INSERT INTO "{nodes}_{index}"(rowid, text)
SELECT n.rowid, n.text
  || coalesce((SELECT ' ' || s.text FROM "{nodes}" s WHERE s.node_id = {site}), '')
  || coalesce((SELECT ' ' || c.text FROM "{customers}" c WHERE c.party_id = n.debtor_id), '')
FROM "{nodes}" n WHERE n.rowid IN (SELECT value FROM json_each(:rows)) ORDER BY n.rowid
"""


def find_again(connection: Connection, tables: Tables, changes: Sequence[Change]) -> None:
    """Put the text together again of the nodes that changes told of, of those on their sites and of the customers'."""
    told = {
        "told": keys(NODES, SAYS, changes),
        "sites": keys(NODES, frozenset({"text"}), changes),
        "customers": keys(CUSTOMERS, frozenset({"text"}), changes),
    }
    if not any(told.values()):
        return
    names = {"nodes": tables[NODES].name, "customers": tables[CUSTOMERS].name, "site": SITE.format(n="n.")}
    asked = {name: json.dumps(sorted(some)) for name, some in told.items()}
    rows = json.dumps([row for (row,) in connection.execute(text(TOLD_OF.format(**names)), asked)])
    for index in INDEXES:
        for statement in (FORGET, FIND):  # each once for all, in order: an index is quick only so
            connection.execute(text(statement.format(index=index, **names)), {"rows": rows})


def keys(table: str, columns: frozenset[str], changes: Iterable[Change]) -> set[str]:
    """Give the keys of the rows of a table in which one of these columns was written."""
    return {
        key
        for change in changes
        if not isinstance(change, Delete) and name_of(change.table) == table and columns & change.values.keys()
        for key in change.key.values()
    }
