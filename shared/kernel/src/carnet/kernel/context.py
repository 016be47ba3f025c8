"""What a context is made of, as its `app.py` declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi import APIRouter

    from carnet.kernel.codec import Codec
    from carnet.kernel.metrics import Counted
    from carnet.kernel.projection import ReadModel
    from carnet.kernel.publication import Publish
    from carnet.kernel.reaction import Reaction
    from carnet.kernel.runtime import Runtime
    from carnet.kernel.verify import Check


@dataclass(frozen=True)
class Context:
    """What a context is made of; its `app.py` names the parts.

    `reactions` gets the runtime that they give their commands through. `chores` run in the background for as long
    as the service does (a ticker, a sweep at the start); one that fails is started again. `checks` are what `verify`
    looks at besides the read models (gaps in a series), and `counted` is what it counts of its own for Prometheus
    (`runtime.metrics.count(WHAT, value)`).
    """

    name: str
    title: str
    codec: Codec[Any]
    publish: Publish
    read_models: tuple[ReadModel, ...] = ()
    reactions: Callable[[Runtime], Sequence[Reaction]] = lambda _: ()
    chores: tuple[Callable[[Runtime], Awaitable[None]], ...] = ()
    checks: tuple[Check, ...] = ()
    counted: tuple[Counted, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    root_routers: tuple[APIRouter, ...] = ()
