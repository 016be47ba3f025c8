"""The end of the log in memory: what is new is read once, and then handed to every member of this process."""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from carnet.kernel.bus.port import Delivery, Message

NEWER = "SELECT number, topic, key, headers, value FROM bus_message WHERE number > ? ORDER BY number LIMIT ?"
PAGE = 200  # messages read at a time on the event loop: a millisecond or two
REMEMBERED = 5000  # messages; a member that is further behind reads the file


class Tail:
    """All messages with `after` < number <= `last`."""

    def __init__(self, window: sqlite3.Connection, after: int) -> None:
        self.window = window
        self.after = self.last = after
        self.numbers: list[int] = []
        self.deliveries: list[Delivery] = []

    def grow(self) -> set[str]:
        """Read on behind the last message; give the topics that have something new."""
        rows = self.window.execute(NEWER, (self.last, PAGE)).fetchall()
        fresh = [Delivery(topic, Message(key, value, json.loads(headers))) for _, topic, key, headers, value in rows]
        self.numbers += [row[0] for row in rows]
        self.deliveries += fresh
        self.last = self.numbers[-1] if rows else self.last
        self.forget(len(self.numbers) - REMEMBERED)
        return {delivery.topic for delivery in fresh}

    def forget(self, count: int) -> None:
        if count > 0:
            self.after = self.numbers[count - 1]
            del self.numbers[:count], self.deliveries[:count]

    def page(self, topics: Sequence[str], offset: int, limit: int) -> list[tuple[int, Delivery]]:
        """Give the next messages of some topics behind an offset that is not before `after`."""
        start = bisect_right(self.numbers, offset)
        newer = zip(self.numbers[start:], self.deliveries[start:], strict=True)
        return list(islice((each for each in newer if each[1].topic in topics), limit))
