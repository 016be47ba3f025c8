"""A form says which revision of a thing it showed: what somebody changed meanwhile is not overwritten (`If-Match`)."""

from typing import Any

from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime
from carnet.kernel.streams import Category, Outcome
from carnet.kernel.web.commands import Commander
from carnet.kernel.web.problems import CHANGED


async def revision_of(runtime: Runtime, category: Category[Any, Any, Any], stream_id: object) -> int:
    """Give the revision to show in a form, -1 where there is nothing yet; ask for it before the state."""
    history = await runtime.engines.store.read(category.stream(stream_id))
    return history[-1].revision if history else -1


async def as_seen(
    commands: Commander, category: Category[Any, Any, Any], stream_id: object, command: Any, seen: str
) -> Outcome[Any, Any]:
    """Give a command of a form that showed the revision `seen`; raises Rejected where somebody was faster.

    A form that comes twice is no other person's change: it changes nothing any more, and is answered.
    """
    runtime = commands.runtime
    revision, state = await revision_of(runtime, category, stream_id), await runtime.state(category, stream_id)
    if seen != str(revision) and category.decider.decide(command, state):
        raise Rejected(CHANGED)
    return await runtime.handle(category, stream_id, command, commands.because, expected=revision)
