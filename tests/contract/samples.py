"""The stored samples: what was once written of each type, and is to be read for ever (promise 17)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from carnet.events.fact import Fact
from carnet.kernel.context import Context
from carnet.kernel.serve import build
from carnet.kernel.service import CONTEXTS

ROOT: Final = Path(__file__).parents[2]
JSON: TypeAlias = Any
Samples: TypeAlias = dict[str, list[JSON]]
"""By the name of their type."""

MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything in these tests is told, so that nothing is too old to be answered."""
APPS: Final = {each: build(each, **({"clock": lambda: MOMENT} if each == "notifications" else {})) for each in CONTEXTS}
PARTS: Final[dict[str, Context]] = {context: app.state.parts for context, app in APPS.items()}


def stored(folder: str) -> Samples:
    return {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / folder).glob("*.json"))}


PUBLISHED: Final = stored("shared/events/samples")
PRIVATE: Final = {context: stored(f"services/{context}/tests/samples") for context in CONTEXTS}


def private_events(context: str) -> Iterator[tuple[str, JSON, BaseModel]]:
    """Give a context's samples by the name that they were stored under, as they stand and as they are read."""
    for name, samples in PRIVATE[context].items():
        for sample in samples:
            yield name, sample, PARTS[context].codec.decode(name, json.dumps(sample).encode())


def published_facts(context: str) -> list[Fact]:
    """Give what a context tells the others of its samples."""
    told = [PARTS[context].publish(event) for _, _, event in private_events(context)]
    return [fact for fact in told if fact is not None]


def says_all(whole: JSON, part: JSON) -> bool:
    """Say whether `whole` has everything that `part` has; what is new may stand beside it."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and says_all(whole[name], value) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(whole) == len(part) and all(map(says_all, whole, part))
    return bool(whole == part)
