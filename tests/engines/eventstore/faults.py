"""What can be made to go wrong with the development server, from a test in its process."""

import asyncio
from dataclasses import dataclass, field

import grpc

from carnet.kernel.bell import Bell


@dataclass
class Faults:
    """Set what shall go wrong from now on."""

    lost_replies: int = 0
    """So many of the next appends are committed, and then answered with UNAVAILABLE."""
    unanswered: int = 0
    """So many of the next calls are answered with UNAVAILABLE, and do nothing."""
    delay: float = 0.0
    """Seconds that every answer takes longer."""
    forgets_positions: bool = False
    """Answer a repeated append without its position, as older servers do."""
    dropped: Bell = field(default_factory=Bell)
    quietly: bool = False

    def drop_subscriptions(self, *, quietly: bool = False) -> None:
        """End every subscription that runs now: as one of a consumer that is too slow, or without a word."""
        self.quietly = quietly
        self.dropped.ring()

    async def before_answering(self, call: "grpc.aio.ServicerContext[object, object]") -> None:
        """Hold up a call, or refuse it."""
        await asyncio.sleep(self.delay)
        if self.unanswered:
            self.unanswered -= 1
            await call.abort(grpc.StatusCode.UNAVAILABLE, "the development server is told not to answer")

    async def after_committing(self, call: "grpc.aio.ServicerContext[object, object]") -> None:
        """Lose the reply of an append that stands."""
        if self.lost_replies:
            self.lost_replies -= 1
            await call.abort(grpc.StatusCode.UNAVAILABLE, "the development server is told to lose this reply")
