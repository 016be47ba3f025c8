"""A store's incarnation: the id of its life between two restores; of two the greater one is the later (promise 15)."""

import secrets
import time
from typing import Final
from uuid import UUID

VERSION_7: Final = 0x7 << 76
VARIANT: Final = 0b10 << 62
RANDOM: Final = (0xFFF << 64) | (1 << 62) - 1


def incarnation_after(former: UUID | None = None) -> UUID:
    """Give a new id (RFC 9562, version 7) that sorts behind `former`, as number and text, whatever the clock says."""
    now = time.time_ns() // 1_000_000
    milliseconds = now if former is None else max(now, (former.int >> 80) + 1)
    return UUID(int=milliseconds << 80 | VERSION_7 | VARIANT | secrets.randbits(128) & RANDOM)
