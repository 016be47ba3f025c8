"""A real PostgreSQL: the one that CARNET_POSTGRES names, else a container, else a cluster of Debian's binaries."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from engines import postgres_cluster, postgres_container

ROOM = "-c max_connections=200"
IN_GERMAN = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-CH'"  # what relies on the order of bytes must say so
CAREFREE = f"{ROOM} -c fsync=off -c full_page_writes=off"  # what is killed loses nothing; the machine must not fail

DatabaseOf: TypeAlias = Callable[[str], str | None]
"""A context's name in, the URL of its own database out; None where that is a file in its data folder."""


class Server(Protocol):
    """A running server; `url` is a superuser's, or that of one who may create databases."""

    url: str

    def start(self) -> None:
        """Start it and wait until it answers, at the same address as before."""
        ...

    def stop(self, *, kill: bool = False) -> None:
        """Stop it: every connection breaks; killed, it recovers from its log at the next start."""
        ...


class Named:
    """The server that CARNET_POSTGRES names: not ours to stop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def start(self) -> None:
        raise NotImplementedError

    def stop(self, *, kill: bool = False) -> None:
        raise NotImplementedError


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Give a server for the time of a session; raises NotHere. `durable` syncs its log as in production."""
    options = ROOM if durable else CAREFREE
    if url := os.environ.get("CARNET_POSTGRES"):
        yield Named(url)
    elif postgres_container.is_possible():
        with postgres_container.running(options) as container:
            yield container
    else:
        with postgres_cluster.running(options) as cluster:
            yield cluster


@contextmanager
def fresh_database(server: Server) -> Iterator[str]:
    """Make an empty database for the time of a test and give its URL."""
    name = f"carnet_{uuid4().hex}"
    execute(server.url, SQL("CREATE DATABASE {} " + IN_GERMAN).format(Identifier(name)))
    try:
        yield at(server.url, database=name)
    finally:
        execute(server.url, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def at(url: str, **parts: Any) -> str:
    """Change parts (`database`, `username`, `password`, `port`, …) of a URL."""
    return make_url(url).set(**parts).render_as_string(hide_password=False)


def execute(url: str, *statements: Any) -> None:
    """Run statements, each one committed by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
