"""Append one event after another as a peer does it, and print how many a second were durable.

Runs in the peers' environment: `append.py raw|eventsourcing|umadb FOLDER SECONDS`.
"""

import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

CLIENTS = 16
STREAM_EVENTS = 100  # a stream's length: then a client begins the next one
DATA = b"x" * 200
TYPE = "order-created.v1"


def raw(folder: Path, seconds: float) -> float:
    """One connection, one transaction an event, tables and keys like ours, FULL."""
    with closing(sqlite3.connect(folder / "raw.db", isolation_level=None, check_same_thread=False)) as connection:
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            """CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, revision INTEGER, id BLOB, type TEXT,
               data BLOB, UNIQUE (stream, revision), UNIQUE (stream, id))""",
        ):
            connection.execute(statement)

        def append(stream: str, revision: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO event (stream, revision, id, type, data) VALUES (?, ?, ?, ?, ?)",
                (stream, revision, uuid4().bytes, TYPE, DATA),
            )
            connection.execute("COMMIT")

        return rate(append, 1, seconds)


def eventsourcing(folder: Path, seconds: float) -> float:
    """The SQLite recorder, sixteen threads."""
    from eventsourcing.persistence import StoredEvent  # noqa: PLC0415 only its own run needs it
    from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore  # noqa: PLC0415

    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "eventsourcing.db"), pool_timeout=60))
    recorder.create_table()
    ids = {}

    def append(stream: str, revision: int) -> None:
        originator = ids.setdefault(stream, uuid4())
        recorder.insert_events([StoredEvent(originator, revision, TYPE, DATA)])

    return rate(append, CLIENTS, seconds)


def umadb(folder: Path, seconds: float) -> float:
    """The server beside us, sixteen threads, each append on condition that its stream has not moved."""
    from umadb import AppendCondition, Client, Event, Query, QueryItem  # noqa: PLC0415 only its own run needs it

    own = threading.local()
    positions: dict[str, int] = {}
    with server(folder) as address:

        def append(stream: str, _: int) -> None:
            if not hasattr(own, "client"):
                own.client = Client(f"http://{address}")
            unmoved = AppendCondition(Query([QueryItem(tags=[stream])]), after=positions.get(stream))
            event = Event(TYPE, DATA, tags=[stream], uuid=uuid4())
            positions[stream] = own.client.append([event], condition=unmoved)

        return rate(append, CLIENTS, seconds)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = Path(sys.executable).with_name("umadb")
    command = [program, "--listen", address, "--db-path", folder / "uma.db"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str) -> None:
    host, port = address.split(":")
    for _ in range(200):
        try:
            socket.create_connection((host, int(port))).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"No server at {address}.")


def rate(append: Callable[[str, int], None], clients: int, seconds: float) -> float:
    """Append with so many clients for so long; give the events a second."""
    begin = time.perf_counter()
    counts = [0] * clients

    def client(number: int) -> None:
        while time.perf_counter() - begin < seconds:
            stream, revision = divmod(counts[number], STREAM_EVENTS)
            append(f"order-{number}-{stream}", revision)
            counts[number] += 1

    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(client, range(clients)))
    return sum(counts) / (time.perf_counter() - begin)


if __name__ == "__main__":
    peer, folder, seconds = sys.argv[1:]
    print({"raw": raw, "eventsourcing": eventsourcing, "umadb": umadb}[peer](Path(folder), float(seconds)))
