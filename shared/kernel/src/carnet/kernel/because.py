"""Why a command is given: who acts, what it answers to, and how a repeat of it is recognised."""

from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

CARNET = uuid5(NAMESPACE_URL, "urn:carnet")


def derived_id(*parts: object) -> UUID:
    """Give the one id that these parts always lead to."""
    return uuid5(CARNET, "|".join(map(str, parts)))


@dataclass(frozen=True, slots=True)
class Because:
    """The reason of a command, kept in the metadata of its events.

    `causation` names the reaction and the event that it answers ("reaction|producer|stream|revision|id", promise 3);
    `key` and `body_hash` are a request's Idempotency-Key (promise 4). Either makes the command repeatable.
    """

    actor: str
    correlation: str
    causation: str = ""
    key: str = ""
    body_hash: str = ""
    traceparent: str = ""

    def step(self, name: str) -> "Because":
        """Give the reason of one step of several that the same cause leads to, so that each is recognised alone."""
        if self.causation:
            return replace(self, causation=f"{self.causation}|{name}")
        return replace(self, key=f"{self.key}|{name}" if self.key else "")

    def event_id(self, stream: str, n: int) -> UUID:
        """Give the id of the n-th event so caused in a stream: derived where the cause can come again."""
        if cause := self.causation or self.key:
            return derived_id(cause, stream, n)
        return uuid4()

    def metadata(self) -> dict[str, str]:
        """Give the flat metadata of the events; what is empty is left out."""
        fields = {
            "actor": self.actor,
            "correlation": self.correlation,
            "causation": self.causation,
            "key": self.key,
            "body_hash": self.body_hash,
            "traceparent": self.traceparent,
        }
        return {name: value for name, value in fields.items() if value}
