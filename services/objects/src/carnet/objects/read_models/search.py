"""Nodes found while a person types: each word is the beginning or a part of a word in the node's text (S52)."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session, col, select

from carnet.objects.read_models.folding import fold
from carnet.objects.read_models.nodes import OBJECT, Node
from carnet.objects.read_models.parties import Party

MOST_FOUND = 200  # hits that are looked at before the best are given
MOST_SCANNED = 5000  # hits of the long words among which the short ones are looked for
WORDS = 8


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
    rows = by_number(session, q) | beginning(session, words)
    if len(rows) < limit:
        rows |= anywhere(session, words)
    best = sorted(nodes(session, rows), key=lambda node: rank(node, q, words))[:limit]
    return told(session, best)


def by_number(session: Session, q: str) -> set[int]:
    number = q.strip()
    return rowids(session, "SELECT rowid FROM objects_node WHERE number = :q LIMIT :most", q=number)


def beginning(session: Session, words: Sequence[str]) -> set[int]:
    """Find where each word begins a word; the prefix index has its hits at once."""
    match = " AND ".join(f'"{word}"*' for word in words)
    return rowids(
        session, "SELECT rowid FROM objects_node_words WHERE objects_node_words MATCH :q LIMIT :most", q=match
    )


def anywhere(session: Session, words: Sequence[str]) -> set[int]:
    """Find the words of three letters and more anywhere, and the short ones where a word begins."""
    long, short = [w for w in words if len(w) > 2], [w for w in words if len(w) <= 2]
    if not long:
        return set()
    hits = "SELECT rowid, text FROM objects_node_fts WHERE objects_node_fts MATCH :q LIMIT :scanned"
    begins = " AND ".join(f"instr(' ' || text, :w{n}) > 0" for n in range(len(short))) or "1"
    more: dict[str, Any] = {f"w{n}": f" {word}" for n, word in enumerate(short)}
    match, scanned = " AND ".join(f'"{word}"' for word in long), MOST_SCANNED if short else MOST_FOUND
    query = f"SELECT rowid FROM ({hits}) WHERE {begins} LIMIT :most"  # noqa: S608 (no text from outside)
    return rowids(session, query, q=match, scanned=scanned, **more)


def rowids(session: Session, query: str, **values: Any) -> set[int]:
    return {row[0] for row in session.execute(text(query), {**values, "most": MOST_FOUND})}


def nodes(session: Session, rows: Iterable[int]) -> list[Node]:
    query = select(Node).where(text("rowid IN (SELECT value FROM json_each(:rows))"), col(Node.sort) != "")
    return list(session.exec(query.params(rows=f"[{','.join(map(str, rows))}]")))


def rank(node: Node, q: str, words: Sequence[str]) -> tuple[Any, ...]:
    """Order by: the very number, in use, words in the node's own text, objects before places, then by name."""
    own = f" {node.text}"
    missing = sum(f" {word}" not in own for word in words)
    exact = node.number.casefold() != q.strip().casefold()
    return exact, node.retired_on is not None, missing, node.sort != OBJECT, len(node.name), node.name, node.number


def told(session: Session, best: Sequence[Node]) -> list[Found]:
    sites = by_key(session, Node, {node.site_id for node in best if node.site_id})
    customers = by_key(session, Party, {node.debtor_id for node in best if node.debtor_id})
    return [found(node, sites.get(node.site_id or ""), customers.get(node.debtor_id or "")) for node in best]


def by_key(session: Session, table: Any, keys: Iterable[str]) -> dict[str, Any]:
    (key,) = table.__table__.primary_key.columns
    return {getattr(row, key.name): row for row in session.exec(select(table).where(key.in_(list(keys))))}


def found(node: Node, site: Node | None, customer: Party | None) -> Found:
    where = node if node.address else site
    return Found(
        id=node.node_id,
        sort=node.sort,
        number=node.number,
        name=node.name,
        kind=node.kind,
        in_use=node.retired_on is None,
        site=site.name if site else "",
        place=place_of(where.address if where else None),
        customer=customer.name if customer else "",
    )


def place_of(address: dict[str, Any] | None) -> str:
    """Give an address in one line."""
    if not address:
        return ""
    street = f"{address['street']} {address['house_number']}".strip()
    town = f"{address['postcode']} {address['city']}".strip()
    return f"{street}, {town}"
