"""A lease: one holder at a time, whose token guards its writes. Correctness never rests on it (promise 9).

No two clocks are compared: who waits looks whether the lease is renewed, and measures with its own stopwatch for how
long it was not. So a clock that jumps, or another machine's that is wrong, neither locks out nor lets two in.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from socket import gethostname
from typing import Any, Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection
from sqlmodel import Field, SQLModel, col, select, update

from carnet.kernel.database import Database
from carnet.kernel.rows import Put, live, write
from carnet.kernel.trouble import log_failure

SECONDS = 6.0  # without a renewal, and the next one may have it
LET_GO = 0.0
IN_USE: Final[set[str]] = set()
"""The claims of this process that hold something, or are about to; it need not wait for one that it let go."""
log = structlog.get_logger()


async def nothing() -> None:
    """Do nothing but wait."""


class LeaseLost(Exception):
    """Another process holds the lease now; what this one does is absorbed as repeats."""


class Lease(SQLModel, table=True):
    __tablename__ = "carnet_lease"
    name: str = Field(primary_key=True)
    holder: str
    token: int
    expires_at: float  # by the holder's clock, moves with each renewal; LET_GO when it is free


@dataclass
class Holding:
    """One process's claim on a name; `token` is None while another holds it."""

    database: Database
    name: str
    holder: str
    token: int | None = None
    last_seen: tuple[str, float] = ("", LET_GO)
    seen_at: float = field(default_factory=time.monotonic)

    async def take(self) -> bool:
        """Take or renew the lease; False while another process holds it."""
        IN_USE.add(self.holder)  # before it is written: another claim of this process may look at once
        self.token = await self.database.write(lambda c: take(c, self))
        if self.token is None:
            IN_USE.discard(self.holder)
        return self.token is not None

    def has_run_out(self, holder: str, expires_at: float) -> bool:
        """Say whether another's lease stood still for as long as it lasts, or was let go, or its process is gone."""
        if (holder, expires_at) != self.last_seen:
            self.last_seen, self.seen_at = (holder, expires_at), time.monotonic()
        return expires_at == LET_GO or time.monotonic() - self.seen_at >= SECONDS or is_gone(holder)

    def check(self, connection: Connection) -> None:
        """Raise LeaseLost unless the lease is still ours, within the transaction that it guards."""
        mine = select(Lease.token).where(col(Lease.name) == self.name, col(Lease.holder) == self.holder)
        if self.token is None or connection.execute(mine).scalar() != self.token:
            raise LeaseLost(f"Another process holds {self.name} now.")

    async def wait(self, meanwhile: Callable[[], Awaitable[None]] = nothing) -> None:
        """Wait until the lease is ours; `meanwhile` is done whenever another was found to hold it."""
        while not await self.take():  # other processes ring no bell here
            await meanwhile()
            await asyncio.sleep(SECONDS / 3)

    async def keep(self) -> None:
        """Renew for ever; ends when another has taken it."""
        while await self.take():  # noqa: ASYNC110  # a heartbeat
            await asyncio.sleep(SECONDS / 3)

    async def during(self, *works: Coroutine[Any, Any, object]) -> None:
        """Do works side by side until one of them ends or fails or the lease is lost; then stop them and let go."""
        tasks = [asyncio.create_task(each) for each in (*works, self.keep())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.release()

    async def release(self) -> None:
        """Let the next holder in at once; never raises, since it ends what was cancelled or has failed.

        Where it cannot be written, the lease runs out by itself.
        """
        self.token = None
        IN_USE.discard(self.holder)
        try:
            await self.database.write(lambda c: release(c, self.name, self.holder))
        except Exception as error:  # noqa: BLE001  # as it says
            log_failure(log, "a lease could not be let go", error, lease=self.name)


def holding(database: Database, name: str) -> Holding:
    """Make this process's claim on a name, not yet taken."""
    return Holding(database, name, f"{machine()} {os.getpid()} {uuid4().hex}")


def machine() -> str:
    """Name where process ids are looked up: the host and, on Linux, the container."""
    ids = Path("/proc/self/ns/pid")
    return f"{gethostname()}/{ids.stat().st_ino if ids.exists() else 0}"


def is_gone(holder: str) -> bool:
    """Say whether a holder was of this machine, and its process lives no more or has let it go: nobody need wait."""
    where, pid, _ = f"{holder}  ".split(" ", 2)
    if where != machine() or not pid.isdecimal():
        return False
    if int(pid) == os.getpid():
        return holder not in IN_USE
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def take(connection: Connection, claim: Holding) -> int | None:
    row = connection.execute(select(Lease).where(col(Lease.name) == claim.name)).mappings().first()
    others = row is not None and row["holder"] != claim.holder
    if row and others and not claim.has_run_out(row["holder"], row["expires_at"]):
        return None
    token = row["token"] + others if row else 1
    fresh: dict[str, Any] = {"holder": claim.holder, "token": token, "expires_at": time.time() + SECONDS}
    write(connection, live(Lease), [Put(Lease, {"name": claim.name}, fresh)])
    return int(token)


async def renew(database: Database, claims: Sequence[Holding]) -> None:
    """Renew many leases of one database in one transaction; the token of each that another took becomes None."""
    if claims:
        await database.write(lambda connection: renew_all(connection, claims))


def renew_all(connection: Connection, claims: Sequence[Holding]) -> None:
    ours = col(Lease.holder).in_([claim.holder for claim in claims])
    connection.execute(update(Lease).where(ours).values(expires_at=time.time() + SECONDS))
    check_all(connection, claims)


def check_all(connection: Connection, claims: Sequence[Holding]) -> None:
    """Take the token from each claim whose lease another holds now."""
    ours = col(Lease.holder).in_([claim.holder for claim in claims])
    held = set(connection.execute(select(Lease.name, Lease.holder).where(ours)))
    for claim in claims:
        if (claim.name, claim.holder) not in held:
            claim.token = None


def release(connection: Connection, name: str, holder: str) -> None:
    mine = (col(Lease.name) == name) & (col(Lease.holder) == holder)
    connection.execute(update(Lease).where(mine).values(expires_at=LET_GO))
