"""Nodes found while a person types: each word is the beginning or a part of a word in the node's text (S52)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import RowMapping, text
from sqlmodel import Session

from carnet.objects.read_models.folding import fold
from carnet.objects.read_models.full_text import SITE
from carnet.objects.read_models.nodes import OBJECT

MOST_FOUND = 100  # hits that are looked at before the best are given
MOST_SCANNED = 1000  # hits of an index among which the words that it does not know whole are looked for
WORDS = 8
TRIGRAM = 3  # letters from which on a word is found anywhere


class Found(BaseModel, frozen=True):
    """A node that was found, with what tells it from others: its site and its customer."""

    id: str
    sort: str
    number: str
    name: str
    kind: str
    in_use: bool
    site: str = ""
    place: str = ""
    customer: str = ""


def search(session: Session, q: str, limit: int = 50) -> list[Found]:
    """Give the nodes in whose text each word of `q` is found, the best first."""
    words = fold(q).split()[:WORDS]
    if not words:
        return []
    rows = by_number(session, q)
    if any(len(word) < TRIGRAM for word in words):
        rows |= beginning(session, words)
    if len(rows) < limit:
        rows |= anywhere(session, words)
    best = sorted(hits(session, rows), key=lambda hit: rank(hit, q, words))
    return [found(hit) for hit in best[:limit]]


def by_number(session: Session, q: str) -> set[int]:
    return rowids(session, "SELECT rowid FROM objects_node WHERE number = :q", {"q": q.strip()})


def beginning(session: Session, words: Sequence[str]) -> set[int]:
    """Find where each word begins a word.

    The index keeps beginnings of up to three letters ready, and longer ones it would have to collect.
    """
    match = " AND ".join(f'"{word[:TRIGRAM]}"*' for word in words)
    return matching(session, "words", match, [word for word in words if len(word) > TRIGRAM])


def anywhere(session: Session, words: Sequence[str]) -> set[int]:
    """Find the words of three letters and more anywhere, and the short ones where a word begins."""
    long = [word for word in words if len(word) >= TRIGRAM]
    match = " AND ".join(f'"{word}"' for word in long)
    return matching(session, "fts", match, [word for word in words if word not in long]) if long else set()


def matching(session: Session, index: str, match: str, begins: Sequence[str]) -> set[int]:
    """Give nodes that an index finds, in whose text these further words begin a word."""
    table, values = f"objects_node_{index}", {f"w{n}": f" {word}" for n, word in enumerate(begins)}
    # no text from outside: the words are values
    found = f"SELECT rowid, text FROM {table} WHERE {table} MATCH :q LIMIT :scanned"  # noqa: S608
    begun = " AND ".join(f"instr(' ' || text, :{name})" for name in values) or "1"
    scanned = MOST_SCANNED if begins else MOST_FOUND
    query = f"SELECT rowid FROM ({found}) WHERE {begun}"  # noqa: S608
    return rowids(session, query, {**values, "q": match, "scanned": scanned})


def rowids(session: Session, query: str, values: dict[str, Any]) -> set[int]:
    return {row[0] for row in session.execute(text(f"{query} LIMIT :most"), {**values, "most": MOST_FOUND})}


HITS = f"""
SELECT n.node_id AS id, n.sort, n.number, n.name, n.kind, n.retired_on IS NULL AS in_use, n.text,
  coalesce(n.address, 'null') AS address, coalesce(s.address, 'null') AS site_address,
  coalesce(s.name, '') AS site, coalesce(p.name, '') AS customer
FROM json_each(:rows) AS hit CROSS JOIN objects_node AS n ON n.rowid = hit.value
LEFT JOIN objects_node AS s ON s.node_id = {SITE.format(n="n.")}
LEFT JOIN objects_party AS p ON p.party_id = n.debtor_id
WHERE n.sort <> ''
"""  # noqa: S608 (the expression of the index)


def hits(session: Session, rows: Iterable[int]) -> Sequence[RowMapping]:
    return session.execute(text(HITS), {"rows": json.dumps(list(rows))}).mappings().all()


def rank(hit: RowMapping, q: str, words: Sequence[str]) -> tuple[Any, ...]:
    """Order by: the very number, in use, words in the node's own text, objects before places, then by name."""
    own = f" {hit['text']}"
    missing = sum(f" {word}" not in own for word in words)
    other = hit["number"].casefold() != q.strip().casefold()
    return other, not hit["in_use"], missing, hit["sort"] != OBJECT, len(hit["name"]), hit["name"], hit["number"]


def found(hit: RowMapping) -> Found:
    address = json.loads(hit["address"]) or json.loads(hit["site_address"])
    return Found.model_validate({**hit, "place": place_of(address)})


def place_of(address: dict[str, Any] | None) -> str:
    """Give an address in one line."""
    if not address:
        return ""
    street = f"{address['street']} {address['house_number']}".strip()
    town = f"{address['postcode']} {address['city']}".strip()
    return f"{street}, {town}"
