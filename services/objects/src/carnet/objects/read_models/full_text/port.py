"""What an engine does for the search: keep the texts of the nodes, and find words in them."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Connection
from sqlmodel import Session

from carnet.objects.read_models.placing import SITE

MOST_FOUND: Final = 100  # hits that are looked at before the best are given
TRIGRAM: Final = 3  # letters from which on a word is found anywhere

TEXT: Final = f"""n.text
  || coalesce((SELECT ' ' || s.text FROM "{{nodes}}" s WHERE s.node_id = {SITE.format(n="n.")}), '')
  || coalesce((SELECT ' ' || c.text FROM "{{customers}}" c WHERE c.party_id = n.debtor_id), '')
"""  # noqa: S608 (the names of our own tables)
"""A node's searched text, as SQL on the row `n`."""


class Told(NamedTuple):
    """Nodes of which a page of events told something, and sites and customers whose nodes are found by new words."""

    nodes: Sequence[str]
    sites: Sequence[str]
    customers: Sequence[str]


class FullText(Protocol):
    """The full text on one engine. Words are folded: small letters and digits alone."""

    def ddl(self, table: str) -> tuple[str, ...]:
        """Give what makes the full text of the nodes' physical table."""
        ...

    def find_again(self, connection: Connection, nodes: str, customers: str, told: Told) -> None:
        """Put the text of nodes together again; `nodes` and `customers` are the physical tables."""
        ...

    def beginning(self, session: Session, words: Sequence[str]) -> set[str]:
        """Find at most MOST_FOUND nodes by their ids, in whose text each word begins a word."""
        ...

    def anywhere(self, session: Session, words: Sequence[str]) -> set[str]:
        """Find the same, where words of three letters and more may stand anywhere, and the short ones begin a word."""
        ...
