"""PostgreSQL as the database of derived tables, by psycopg 3: imported only where the settings name one."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from carnet.kernel.database import READERS, Database, Kind
from carnet.kernel.settings import BadSettings
from carnet.kernel.trouble import first_line

SCHEMES: Final = ("postgresql", "postgres")
OLDEST: Final = 13
CHANNEL: Final = "carnet_news"
PATIENT: Final[dict[str, Any]] = {"connect_timeout": 5, "keepalives_idle": 30, "tcp_user_timeout": 10_000}
WAITS: Final = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'"
"""No longer than SQLite's; and a process that is stopped in the middle of its turn loses it."""

# The turn is a lock of the transaction, which a killed process gives back with its connection. Waiting for it is a
# statement of its own, so under READ COMMITTED all that follow see what the one before has committed.
WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7265)"

# A snapshot is taken by the first query, while names of tables are looked up as they are now. So a reader whose
# snapshot is older than a swap would find the new tables without their last rows. LOCK takes no snapshot: readers pass
# this gate before they have one, and a swap holds it alone until it is committed.
GATE: Final = "carnet_read_model"
READ: Final = f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; LOCK TABLE {GATE} IN ACCESS SHARE MODE"
ALONE: Final = f"LOCK TABLE {GATE} IN ACCESS EXCLUSIVE MODE"
log = structlog.get_logger()


def open_database(url: str) -> Database:
    """Open the database at `postgresql://…`, which need not answer yet; raises BadSettings."""
    return Database(checked(url), POSTGRESQL)


def checked(url: str) -> str:
    """Name the driver in a URL; raises BadSettings, without the password, for what names no database."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise BadSettings("CARNET_DATABASE is no URL like postgresql://user:password@host:5432/database.") from None
    if parts.drivername not in SCHEMES:
        raise BadSettings(f"CARNET_DATABASE begins with {parts.drivername}://; PostgreSQL's begins postgresql://.")
    if not parts.database:
        raise BadSettings(f"CARNET_DATABASE names no database: {parts.render_as_string()} should end in /database.")
    return parts.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def engine(url: str, begin: str) -> Engine:
    """Make a pool whose connections are tried before they are given out, so that a restart breaks none."""
    made = create_engine(
        url, pool_pre_ping=True, pool_size=READERS, max_overflow=0, connect_args=PATIENT, hide_parameters=True
    )
    event.listen(made, "connect", prepare)
    event.listen(made, "begin", lambda connection: begin_with(connection, begin))
    return made


def prepare(connection: Any, _: object) -> None:
    """Let BEGIN be ours; raises BadSettings for a server that is too old."""
    if (version := connection.info.server_version // 10_000) < OLDEST:
        connection.close()
        raise BadSettings(f"CARNET_DATABASE is a PostgreSQL {version}; Carnet needs {OLDEST} or newer.")
    connection.autocommit = True
    connection.execute(WAITS)


def begin_with(connection: Connection, begin: str) -> None:
    connection.exec_driver_sql(begin)


async def listen(engine: Engine, ring: Callable[[], None]) -> None:
    """Ring for each notification, for ever; after each new connection also once, for what was missed."""
    _, how = engine.dialect.create_connect_args(engine.url)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(autocommit=True, **how, **PATIENT) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                ring()
                async for _ in connection.notifies():
                    ring()
        except psycopg.Error as error:
            log.warning("nothing is heard from other processes", why=first_line(error))
        await asyncio.sleep(1.0)


POSTGRESQL = Kind(
    engine,
    write=WRITE,
    read=READ,
    beside="BEGIN",
    alone=ALONE,
    tell=f"NOTIFY {CHANNEL}",
    look_again=0.5,
    listen=listen,
)
