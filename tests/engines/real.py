"""All real engines at once: what each service is told of its own database and its own streams on shared servers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from carnet.kernel.service import CONTEXTS
from engines import postgres
from engines.kafka import Kafka
from engines.processes import Settings


@contextmanager
def rooms_on(database: postgres.Server, bus: Kafka, store: str) -> Iterator[Settings]:
    """Make a database for each context, and give what the services are told; topics are the broker's only ones."""
    shared = {"CARNET_BUS": bus.uri, "CARNET_STORE": store, "CARNET_STORE_PREFIX": f"{uuid4().hex[:8]}-"}
    with ExitStack() as stack:
        own = {context: stack.enter_context(postgres.fresh_database(database)) for context in CONTEXTS}
        yield lambda context: {**shared, "CARNET_DATABASE": own[context]}
