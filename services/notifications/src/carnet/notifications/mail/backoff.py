"""How long to leave a mail server alone that does not take a message: twice as long each time, then no more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

LONGEST = 300.0  # seconds


@dataclass
class Backoff:
    """Counts the tries of each message since the service started; `pause` (seconds) follows the first one."""

    tries: int
    pause: float
    clock: Callable[[], float] = monotonic
    tried: dict[str, int] = field(default_factory=dict)
    rests_until: dict[str, float] = field(default_factory=dict)

    def resting(self, message: str) -> bool:
        """Say whether it is too early for the next try."""
        return self.clock() < self.rests_until.get(message, 0.0)

    def failed(self, message: str) -> bool:
        """Count a try that failed; False when it was the last one."""
        self.tried[message] = self.tried.get(message, 0) + 1
        if self.tried[message] >= self.tries:
            self.forget(message)
            return False
        self.rests_until[message] = self.clock() + min(LONGEST, self.pause * 2 ** (self.tried[message] - 1))
        return True

    def forget(self, message: str) -> None:
        self.tried.pop(message, None)
        self.rests_until.pop(message, None)
