"""What invoicing does when it hears something: each reaction is a sentence."""

from carnet.invoicing.consumers import documents, journaling, orders, voiding
from carnet.kernel.reaction import Reaction
from carnet.kernel.runtime import Runtime


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    return (
        *orders.reactions(runtime),
        *documents.reactions(runtime),
        *voiding.reactions(runtime),
        *journaling.reactions(runtime),
    )
