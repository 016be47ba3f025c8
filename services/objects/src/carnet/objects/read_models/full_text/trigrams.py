"""The full text on PostgreSQL: a column of the nodes' table with an index of its trigrams.

The index serves beginnings of one or two letters too, since it keeps those of each word; so the column begins with a
space, as each word in it.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, text
from sqlmodel import Session

from carnet.objects.read_models.full_text.port import MOST_FOUND, TEXT, TRIGRAM, Told
from carnet.objects.read_models.placing import SITE

FIND: Final = f"""
UPDATE "{{nodes}}" n SET found = ' ' || {TEXT}
WHERE n.node_id = ANY(:nodes) OR {SITE.format(n="n.")} = ANY(:sites) OR n.debtor_id = ANY(:customers)
"""  # noqa: S608 (the names of our own tables)
EXTENSION: Final = """DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; EXCEPTION WHEN OTHERS THEN
  RAISE insufficient_privilege USING MESSAGE =
    SQLERRM || '; the search needs it: let a superuser run CREATE EXTENSION pg_trgm in this database';
END $$"""


def ddl(table: str) -> tuple[str, ...]:
    return (
        EXTENSION,
        f'ALTER TABLE "{table}" ADD COLUMN found VARCHAR COLLATE "C" NOT NULL DEFAULT \'\'',
        f'CREATE INDEX "{table}_found" ON "{table}" USING gin (found gin_trgm_ops)',
    )


def find_again(connection: Connection, nodes: str, customers: str, told: Told) -> None:
    connection.execute(text(FIND.format(nodes=nodes, customers=customers)), told._asdict())


def beginning(session: Session, words: Sequence[str]) -> set[str]:
    return matching(session, [f"% {word}%" for word in words])


def anywhere(session: Session, words: Sequence[str]) -> set[str]:
    return matching(session, [f"%{word}%" if len(word) >= TRIGRAM else f"% {word}%" for word in words])


def matching(session: Session, patterns: Sequence[str]) -> set[str]:
    """Give nodes whose text is like each of some patterns."""
    values = {f"w{n}": pattern for n, pattern in enumerate(patterns)}
    like = " AND ".join(f"found LIKE :{name}" for name in values)
    query = f"SELECT node_id FROM objects_node WHERE {like} LIMIT :most"  # noqa: S608 (the words are values)
    return set(session.connection().execute(text(query), {**values, "most": MOST_FOUND}).scalars())
