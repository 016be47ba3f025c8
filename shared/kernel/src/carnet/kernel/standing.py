"""Where a service stands, the same whichever of its processes is asked: how far behind it is, what it holds back."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from carnet.kernel.consumer import Consumer
from carnet.kernel.holder import ALARM_SECONDS
from carnet.kernel.notice import from_bus
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import Position
from carnet.kernel.surroundings import now
from carnet.kernel.tables import Held, Incident


@dataclass(frozen=True)
class HeldBack:
    """What one consumer holds back for one reason: how many notices, and since when the first of them."""

    consumer: str
    reason: str
    count: int
    since: datetime


async def relay_lag(runtime: Runtime) -> float:
    """Give the age in seconds of the oldest event that the relay has not passed, 0 where there is none."""
    position = await runtime.relay.relayed()
    left = await runtime.engines.store.read_all(None if position is None else Position(position), 1)
    return age(left[0].recorded_at) if left else 0.0


async def lags(runtime: Runtime) -> Mapping[str, int]:
    """Count by consumer what is not taken in; each asks the bus, and raises BusUnavailable where that is away."""
    head = await runtime.engines.store.head()
    counted = await asyncio.gather(*(consumer.lag(head) for consumer in runtime.consumers))
    return {consumer.name: lag for consumer, lag in zip(runtime.consumers, counted, strict=True)}


async def model_ages(runtime: Runtime, lags: Mapping[str, int]) -> Mapping[str, float]:
    """Give by read model the age in seconds of the oldest event that it has not taken in, 0 where `lags` has none."""
    behind = [projector for projector in runtime.projectors if lags[projector.name]]
    since = await asyncio.gather(*(oldest_left(projector) for projector in behind))
    ages = {projector.name: age(at) for projector, at in zip(behind, since, strict=True) if at is not None}
    return {projector.name: ages.get(projector.name, 0.0) for projector in runtime.projectors}


async def oldest_left(consumer: Consumer) -> datetime | None:
    """Give when the oldest event that a consumer has not taken in was recorded; what it holds back it has taken in."""
    store, bus = consumer.around.store, consumer.around.bus
    head = await store.head() if consumer.hears_store else None
    own = await consumer.first_left(head) if head is not None else None
    left = [] if own is None else [own.recorded_at]
    for delivery in await bus.first_left(consumer.group, consumer.topics) if consumer.topics else ():
        with suppress(ValueError):  # what is no event has no age
            left.append(from_bus(delivery).at)
    return min(left, default=None)


def age(at: datetime) -> float:
    """Give the seconds since; never less than nothing, whatever the clocks of two machines say."""
    return max(0.0, (now() - at).total_seconds())


def held_back(session: Session) -> list[HeldBack]:
    grouped = select(Held.consumer, Held.reason, func.count(), func.min(col(Held.since)))
    return [HeldBack(*row) for row in session.exec(grouped.group_by(col(Held.consumer), col(Held.reason)))]


def overdue(session: Session) -> Mapping[str, int]:
    """Count by consumer what has waited for its facts for over an hour."""
    late = (col(Held.reason) == "waiting") & (col(Held.since) < now() - timedelta(seconds=ALARM_SECONDS))
    return dict(session.exec(select(Held.consumer, func.count()).where(late).group_by(col(Held.consumer))).all())


def parked(session: Session) -> int:
    """Count the incidents that were noted."""
    return session.exec(select(func.count()).select_from(Incident)).one()
