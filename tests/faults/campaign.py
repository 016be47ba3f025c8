"""Faults at random: `python -m faults.campaign ROUNDS --seed SEED --bus sqlite`, or `make campaign N=… SEED=…`.

Each round lays what stands between the services and their engines, lets one thing happen under load, and then sees
that all is as it was acknowledged, and that `verify` agrees. It stops at the first disagreement; the same seed makes
the same choices again.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import structlog
import time_machine
from engines import NotHere, kafka
from engines.kafka_process import OwnKafka

from carnet.kernel import lease
from carnet.kernel.engines import Engines
from faults.between import Rebalances, dropping, losing_replies, twice
from faults.brokers import KafkaBroker, LogFile
from faults.disks import no_longer, refused
from faults.firm import Firm, Wrap, rest, skip_dead_letters
from faults.kills import ACK_AND_CURSOR, APPEND_AND_ANSWER, APPEND_AND_INBOX, TRANSACTION_AND_OFFSET, killed

LEASE_SECONDS = 1.2
BETWEEN: dict[str, Wrap] = {
    "every message twice": twice,
    "a message dropped": dropping,
    "replies of the store lost": losing_replies,
}


@dataclass(frozen=True)
class Laid:
    """Several things between a service and its engines, one behind another."""

    wraps: tuple[Wrap, ...]

    def __call__(self, engines: Engines) -> Engines:
        for wrap in self.wraps:
            engines = wrap(engines)
        return engines


@dataclass
class Scene:
    """One firm with its broker, and the dice."""

    firm: Firm
    broker: LogFile | KafkaBroker
    dice: random.Random
    wrap: Wrap = field(default_factory=lambda: Laid(()))

    def some(self) -> int:
        return self.dice.randint(3, 15)

    async def nothing_else(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            await self.firm.work(suite, self.some())

    async def killed(self) -> None:
        places = (ACK_AND_CURSOR, APPEND_AND_INBOX, APPEND_AND_ANSWER, TRANSACTION_AND_OFFSET[self.firm.kind])
        when: Literal["before", "after"] = self.dice.choice(["before", "after"])
        kill = replace(self.dice.choice(places), when=when, nth=self.dice.randint(1, 6))
        await asyncio.to_thread(killed, self.firm, kill, self.some(), self.wrap)

    async def broker_gone(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            async with self.broker.gone():
                await self.firm.work(suite, self.some())
                await asyncio.sleep(self.dice.uniform(0, 2))
            await self.firm.work(suite, self.some())

    async def broker_emptied(self) -> None:
        await self.nothing_else()
        await self.broker.empty()
        await self.nothing_else()

    async def dealt_anew(self) -> None:
        def rebalancing(engines: Engines) -> Engines:
            bus: Any = Rebalances(engines.bus, self.broker.deal_anew)
            return self.wrap(replace(engines, bus=bus))

        async with self.broker.dealing_anew(), self.firm.at_work(rebalancing) as suite:
            for _ in range(3):
                await self.firm.work(suite, self.some())
            await rest(suite)

    async def disk_full(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            await self.firm.work(suite, 1)
            with no_longer(self.firm.folder / "objects" / "events.db-wal"):
                working = asyncio.create_task(self.firm.work(suite, 20))
                told = asyncio.create_task(refused(self.firm))
                await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
                told.cancel()
            await working

    async def clock_back(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            await self.firm.work(suite, self.some())
            with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
                await self.firm.work(suite, self.some())
                await rest(suite)

    async def poison(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            await self.firm.work(suite, self.some())
            await self.firm.poison(suite)
            await self.firm.work(suite, self.some())
            await suite.settle()
            await skip_dead_letters(suite)

    async def published_again(self) -> None:
        async with self.firm.at_work(self.wrap) as suite:
            await self.firm.work(suite, self.some())
            await suite.post("/objects/ops/relay/republish")
            await self.firm.work(suite, self.some())


SHOCKS: tuple[Callable[[Scene], Awaitable[None]], ...] = (
    Scene.nothing_else,
    Scene.killed,
    Scene.killed,
    Scene.broker_gone,
    Scene.broker_emptied,
    Scene.dealt_anew,
    Scene.disk_full,
    Scene.clock_back,
    Scene.poison,
    Scene.published_again,
)


@contextmanager
def scene(bus: str, dice: random.Random) -> Iterator[Scene]:
    """Give a new firm on a bus; raises NotHere where there is no Kafka to be had."""
    with TemporaryDirectory(prefix="carnet-campaign-") as folder:
        firm = Firm(Path(folder))
        if bus == "sqlite":
            yield Scene(firm, LogFile(firm.folder / "bus.db"), dice)
            return
        with kafka.server() as server:
            assert isinstance(server, OwnKafka), "only a broker of our own, from Maven's jars, may be harmed"
            firm.bus = server.uri
            yield Scene(firm, KafkaBroker(server, firm.settings()), dice)


async def campaign(played: Scene, rounds: int) -> None:
    """Play rounds, each said in a line before it begins; raises what disagrees."""
    for n in range(1, rounds + 1):
        between = [name for name in BETWEEN if played.dice.random() < 1 / 3]
        shock = played.dice.choice(SHOCKS)
        say(f"{n:4} {', '.join([shock.__name__.replace('_', ' '), *between])}")
        began = time.monotonic()
        played.wrap = Laid(tuple(BETWEEN[name] for name in between))
        await shock(played)
        await played.firm.agrees()
        say(f": {len(played.firm.lamps)} lamps agree, {time.monotonic() - began:.1f} s\n")


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    asked = argparse.ArgumentParser(description="Faults at random, from a seed.")
    asked.add_argument("rounds", type=int)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked.add_argument("--bus", choices=["sqlite", "kafka"], default="sqlite")
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lease.SECONDS = LEASE_SECONDS
    say(f"make campaign N={given.rounds} SEED={given.seed} BUS={given.bus}\n")
    try:
        with scene(given.bus, random.Random(given.seed)) as played:
            asyncio.run(campaign(played, given.rounds))
    except NotHere as reason:
        sys.exit(f"There is no Kafka here: {reason}")
    except Exception:
        say(f"\nIt disagrees; SEED={given.seed} makes the same choices again.\n")
        raise


if __name__ == "__main__":
    main()
