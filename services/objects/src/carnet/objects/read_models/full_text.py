"""The indexes of the nodes' table, and the full text in which a node is found.

A node's searched text is its own, its site's and its customer's. Triggers put these together, so that the
rows are the same in whatever order the streams were heard.
"""

from typing import Final

PARENT: Final = "CASE WHEN {n}moved THEN {n}moved_parent_id ELSE {n}first_parent_id END"
SITE: Final = "CASE WHEN {n}moved THEN {n}moved_site_id ELSE {n}first_site_id END"


def ddl(table: str) -> tuple[str, ...]:
    """Give the indexes and the full text of a physical table; both tables of a generation end alike."""
    generation = table.removeprefix("objects_node").removeprefix("objects_customer")
    nodes, customers = f"objects_node{generation}", f"objects_customer{generation}"
    return node_ddl(nodes, customers) if table == nodes else customer_ddl(nodes, customers)


def node_ddl(nodes: str, customers: str) -> tuple[str, ...]:
    watched = "text, debtor_id, first_site_id, moved, moved_site_id"
    own = find_by(nodes, customers, "n.node_id = new.node_id")
    again = find_again_by(nodes, customers, "n.node_id = new.node_id")
    in_it = find_again_by(nodes, customers, f"{SITE.format(n='n.')} = new.node_id")
    is_site = "WHEN new.sort = 'site'"
    return (
        f'CREATE INDEX "{nodes}_parent" ON "{nodes}" ({PARENT.format(n="")}, name, node_id)',
        f'CREATE INDEX "{nodes}_site" ON "{nodes}" ({SITE.format(n="")})',
        f'CREATE INDEX "{nodes}_debtor" ON "{nodes}" (debtor_id)',
        f'CREATE INDEX "{nodes}_number" ON "{nodes}" (number)',
        f"CREATE VIRTUAL TABLE \"{nodes}_fts\" USING fts5(text, tokenize='trigram', columnsize=0)",
        f"CREATE VIRTUAL TABLE \"{nodes}_words\" USING fts5(text, prefix='1 2 3', detail=none, columnsize=0)",
        f'CREATE TRIGGER "{nodes}_made" AFTER INSERT ON "{nodes}" BEGIN {own} END',
        f'CREATE TRIGGER "{nodes}_built" AFTER INSERT ON "{nodes}" {is_site} BEGIN {in_it} END',
        f'CREATE TRIGGER "{nodes}_told" AFTER UPDATE OF {watched} ON "{nodes}" BEGIN {again} END',
        f'CREATE TRIGGER "{nodes}_sited" AFTER UPDATE OF text ON "{nodes}" {is_site} BEGIN {in_it} END',
    )


def customer_ddl(nodes: str, customers: str) -> tuple[str, ...]:
    theirs = find_again_by(nodes, customers, "n.debtor_id = new.party_id")
    return (
        f'CREATE TRIGGER "{customers}_made" AFTER INSERT ON "{customers}" BEGIN {theirs} END',
        f'CREATE TRIGGER "{customers}_told" AFTER UPDATE OF text ON "{customers}" BEGIN {theirs} END',
    )


INDEXES: Final = ("fts", "words")
FORGET: Final = 'DELETE FROM "{nodes}_{index}" WHERE rowid IN (SELECT n.rowid FROM "{nodes}" n WHERE {which}); '
FIND: Final = """
INSERT INTO "{nodes}_{index}"(rowid, text)
SELECT n.rowid, n.text
  || coalesce((SELECT ' ' || s.text FROM "{nodes}" s WHERE s.node_id = {site}), '')
  || coalesce((SELECT ' ' || c.text FROM "{customers}" c WHERE c.party_id = n.debtor_id), '')
FROM "{nodes}" n WHERE {which};
"""


def find_by(nodes: str, customers: str, which: str) -> str:
    """Give the statements that put new nodes into the full text."""
    names = {"nodes": nodes, "customers": customers, "site": SITE.format(n="n."), "which": which}
    return "".join(FIND.format(index=index, **names) for index in INDEXES)


def find_again_by(nodes: str, customers: str, which: str) -> str:
    """Give the statements that put the text of some nodes together again."""
    forget = "".join(FORGET.format(nodes=nodes, which=which, index=index) for index in INDEXES)
    return forget + find_by(nodes, customers, which)
