"""The full text on SQLite: an FTS5 table of trigrams for parts of words, and one of words for beginnings."""

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlmodel import Session

from carnet.objects.read_models.full_text.port import MOST_FOUND, TEXT, TRIGRAM, Told
from carnet.objects.read_models.placing import SITE

MOST_SCANNED = 1000  # hits of an index among which the words that it does not know whole are looked for
INDEXES: Final = ("fts", "words")
TOLD_OF: Final = f"""
SELECT rowid FROM "{{nodes}}" n WHERE n.node_id IN (SELECT value FROM json_each(:nodes))
UNION SELECT rowid FROM "{{nodes}}" n WHERE {SITE.format(n="n.")} IN (SELECT value FROM json_each(:sites))
UNION SELECT rowid FROM "{{nodes}}" n WHERE n.debtor_id IN (SELECT value FROM json_each(:customers))
"""  # noqa: S608 (the expression of the index)
FORGET: Final = 'DELETE FROM "{nodes}_{index}" WHERE rowid IN (SELECT value FROM json_each(:rows))'
FIND: Final = f"""
INSERT INTO "{{nodes}}_{{index}}"(rowid, text)
SELECT n.rowid, {TEXT} FROM "{{nodes}}" n WHERE n.rowid IN (SELECT value FROM json_each(:rows)) ORDER BY n.rowid
"""  # noqa: S608 (the names of our own tables)


def ddl(table: str) -> tuple[str, ...]:
    return (
        f"CREATE VIRTUAL TABLE \"{table}_fts\" USING fts5(text, tokenize='trigram', columnsize=0)",
        f"CREATE VIRTUAL TABLE \"{table}_words\" USING fts5(text, prefix='1 2 3', detail=none, columnsize=0)",
    )


def find_again(connection: Connection, nodes: str, customers: str, told: Told) -> None:
    names = {"nodes": nodes, "customers": customers}
    asked = {name: json.dumps(some) for name, some in told._asdict().items()}
    rows = json.dumps([row for (row,) in connection.execute(text(TOLD_OF.format(**names)), asked)])
    for index in INDEXES:
        for statement in (FORGET, FIND):  # each once for all, in order: an index is quick only so
            connection.execute(text(statement.format(index=index, **names)), {"rows": rows})


def beginning(session: Session, words: Sequence[str]) -> set[str]:
    """Find beginnings: the index keeps those of up to three letters ready, and longer ones it would have to collect."""
    match = " AND ".join(f'"{word[:TRIGRAM]}"*' for word in words)
    return matching(session, "words", match, [word for word in words if len(word) > TRIGRAM])


def anywhere(session: Session, words: Sequence[str]) -> set[str]:
    long = [word for word in words if len(word) >= TRIGRAM]
    match = " AND ".join(f'"{word}"' for word in long)
    return matching(session, "fts", match, [word for word in words if word not in long]) if long else set()


def matching(session: Session, index: str, match: str, begins: Sequence[str]) -> set[str]:
    """Give nodes that an index finds, in whose text these further words begin a word."""
    table, values = f"objects_node_{index}", {f"w{n}": f" {word}" for n, word in enumerate(begins)}
    # no text from outside: the words are values
    found = f"SELECT rowid, text FROM {table} WHERE {table} MATCH :q LIMIT :scanned"  # noqa: S608
    begun = " AND ".join(f"instr(' ' || hit.text, :{name})" for name in values) or "1"
    query = f"SELECT node_id FROM ({found}) hit CROSS JOIN objects_node n ON n.rowid = hit.rowid WHERE {begun}"  # noqa: S608
    limits: dict[str, Any] = {"scanned": MOST_SCANNED if begins else MOST_FOUND, "most": MOST_FOUND}
    return set(session.connection().execute(text(f"{query} LIMIT :most"), {**values, **limits, "q": match}).scalars())
