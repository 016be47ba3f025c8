"""A lease: one holder at a time, whose token guards its writes. Correctness never rests on it (promise 9)."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Field, SQLModel, col, select, update

from carnet.kernel.database import Database

SECONDS = 6.0


class LeaseLost(Exception):
    """Another process holds the lease now; what this one does is absorbed as repeats."""


class Lease(SQLModel, table=True):
    __tablename__ = "carnet_lease"
    name: str = Field(primary_key=True)
    holder: str
    token: int
    expires_at: float  # seconds of the wall clock: all that several processes share


@dataclass
class Holding:
    """One process's claim on a name; `token` is None while another holds it."""

    database: Database
    name: str
    holder: str
    token: int | None = None

    async def take(self) -> bool:
        """Take or renew the lease; False while another process holds it."""
        self.token = await self.database.write(lambda c: take(c, self.name, self.holder, time.time()))
        return self.token is not None

    def check(self, connection: Connection) -> None:
        """Raise LeaseLost unless the lease is still ours, within the transaction that it guards."""
        mine = select(Lease.token).where(col(Lease.name) == self.name, col(Lease.holder) == self.holder)
        if self.token is None or connection.execute(mine).scalar() != self.token:
            raise LeaseLost(f"Another process holds {self.name} now.")

    async def wait(self) -> None:
        """Wait until the lease is ours."""
        while not await self.take():  # noqa: ASYNC110  # other processes ring no bell here
            await asyncio.sleep(SECONDS / 3)

    async def keep(self) -> None:
        """Renew for ever; ends when another has taken it."""
        while await self.take():  # noqa: ASYNC110  # a heartbeat
            await asyncio.sleep(SECONDS / 3)

    async def release(self) -> None:
        """Let the next holder in at once."""
        await self.database.write(lambda c: release(c, self.name, self.holder))
        self.token = None


def holding(database: Database, name: str) -> Holding:
    """Make this process's claim on a name, not yet taken."""
    return Holding(database, name, uuid4().hex)


def take(connection: Connection, name: str, holder: str, now: float) -> int | None:
    row = connection.execute(select(Lease).where(col(Lease.name) == name)).mappings().first()
    if row and row["holder"] != holder and row["expires_at"] > now:
        return None
    token = row["token"] + (row["holder"] != holder) if row else 1
    fresh: dict[str, Any] = {"holder": holder, "token": token, "expires_at": now + SECONDS}
    statement = insert(Lease).values(name=name, **fresh)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))
    return int(token)


def release(connection: Connection, name: str, holder: str) -> None:
    mine = (col(Lease.name) == name) & (col(Lease.holder) == holder)
    connection.execute(update(Lease).where(mine).values(expires_at=0.0))
