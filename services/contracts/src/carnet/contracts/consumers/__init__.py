"""What others tell and what follows here: orders use their visits, close services, and are answered in time."""

from carnet.contracts.consumers import reaction_times, sales, services, visits
from carnet.kernel.reaction import Reaction
from carnet.kernel.runtime import Runtime


def reactions(runtime: Runtime) -> tuple[Reaction, ...]:
    return (
        visits.reaction(runtime),
        services.reaction(runtime),
        reaction_times.reaction(runtime),
        sales.reaction(runtime),
    )
