"""Nodes found while a person types: each word is the beginning or a part of a word in the node's text (S52)."""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlalchemy import JSON, RowMapping, String, bindparam, text
from sqlmodel import Session, select

from carnet.objects.read_models.folding import fold
from carnet.objects.read_models.full_text import full_text
from carnet.objects.read_models.full_text.port import MOST_FOUND, TRIGRAM
from carnet.objects.read_models.nodes import OBJECT, Node
from carnet.objects.read_models.placing import SITE

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
    found = by_number(session, q)
    if any(len(word) < TRIGRAM for word in words):
        found |= full_text(session).beginning(session, words)
    if len(found) < limit and any(len(word) >= TRIGRAM for word in words):
        found |= full_text(session).anywhere(session, words)
    best = sorted(hits(session, found), key=lambda hit: rank(hit, q, words))
    return [shown(hit) for hit in best[:limit]]


def by_number(session: Session, q: str) -> set[str]:
    return set(session.exec(select(Node.node_id).where(Node.number == q.strip()).limit(MOST_FOUND)))


HITS = f"""
SELECT n.node_id AS id, n.sort, n.number, n.name, n.kind, n.retired_on IS NULL AS in_use, n.text,
  n.address, s.address AS site_address, coalesce(s.name, '') AS site, coalesce(p.name, '') AS customer
FROM objects_node AS n
LEFT JOIN objects_node AS s ON s.node_id = {SITE.format(n="n.")}
LEFT JOIN objects_party AS p ON p.party_id = n.debtor_id
WHERE n.node_id IN :ids AND n.sort <> ''
"""  # noqa: S608 (the expression of the index)
HITS_OF = text(HITS).bindparams(bindparam("ids", expanding=True, type_=String)).columns(address=JSON, site_address=JSON)


def hits(session: Session, ids: Iterable[str]) -> Sequence[RowMapping]:
    return session.connection().execute(HITS_OF, {"ids": list(ids)}).mappings().all()


def rank(hit: RowMapping, q: str, words: Sequence[str]) -> tuple[Any, ...]:
    """Order by: the very number, in use, words in the node's own text, objects before places, then by name."""
    own = f" {hit['text']}"
    missing = sum(f" {word}" not in own for word in words)
    other = hit["number"].casefold() != q.strip().casefold()
    return other, not hit["in_use"], missing, hit["sort"] != OBJECT, len(hit["name"]), hit["name"], hit["number"]


def shown(hit: RowMapping) -> Found:
    return Found.model_validate({**hit, "place": place_of(hit["address"] or hit["site_address"])})


def place_of(address: dict[str, Any] | None) -> str:
    """Give an address in one line."""
    if not address:
        return ""
    street = f"{address['street']} {address['house_number']}".strip()
    town = f"{address['postcode']} {address['city']}".strip()
    return f"{street}, {town}"
