"""What other systems told stands in no store before somebody answers it: a backup keeps it, a restore tells it again.

All of it in its order, answered or not: an answer finds its effect (promise 3).
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from carnet.kernel.bus.port import Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.inbound import PREFIX

OF_OTHERS: Final = "SELECT topic, key, headers, value FROM bus_message WHERE topic GLOB ? ORDER BY number"


class Told(BaseModel):
    """One message of another system."""

    model_config: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    topic: str
    key: str
    headers: dict[str, str]
    value: bytes


ALL_TOLD: Final = TypeAdapter(Sequence[Told])


def told(bus: Path) -> bytes:
    """Give as JSON what a bus keeps of other systems, also while it is in use."""
    return ALL_TOLD.dump_json(messages(bus) if bus.exists() else [])


def messages(bus: Path) -> list[Told]:
    with closing(sqlite3.connect(f"{bus.resolve().as_uri()}?mode=rw", uri=True, timeout=10.0)) as connection:
        rows = connection.execute(OF_OTHERS, (f"{PREFIX}*",))
        return [Told(topic=t, key=key, headers=json.loads(h), value=value) for t, key, h, value in rows]


async def tell_again(file: Path, kept: bytes) -> None:
    """Put what was kept into a bus that is made for it."""
    bus = await SqliteBus.open(file)
    try:
        for each in ALL_TOLD.validate_json(kept):
            await bus.publish(each.topic, [Message(each.key, each.value, each.headers)])
    finally:
        await bus.close()
