"""How often a read model was built, of which schema and of which sources: what says that it is to be built anew."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session, col, update

from carnet.kernel.codec import type_name
from carnet.kernel.lineage import Line
from carnet.kernel.notice import OWN_STORE
from carnet.kernel.projection import Projector, ReadModel
from carnet.kernel.rows import INSERTS, Put, live, write
from carnet.kernel.tables import Model


def schema_hash(model: ReadModel) -> str:
    """Give a digest of a read model's tables and indexes, as their CREATE statements say them, and of what it hears."""
    tables = live(*model.tables).values()
    statements = [str(CreateTable(table)) for table in tables]
    statements += sorted(str(CreateIndex(index)) for table in tables for index in table.indexes)
    statements += [line for name in live(*model.tables) for engine in INSERTS for line in model.ddl(name, engine)]
    statements += sorted(map(type_name, model.hears))  # one more has to be heard from its first event on
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


def record(connection: Connection, model: ReadModel, generation: int) -> None:
    values = {"schema_hash": schema_hash(model), "generation": generation}
    write(connection, live(Model), [Put(Model, {"name": model.name}, values)])


def own_line(session: Session, projector: Projector) -> Line:
    """Give the incarnation of the own store that a read model was built from."""
    return projector.inbox(session.connection()).lineage.lines().get(OWN_STORE, Line(""))


def begin(connection: Connection, projector: Projector) -> None:
    record(connection, projector.model, 1)
    projector.inbox(connection).lineage.follow(OWN_STORE, Line(projector.around.source))


def outdate(projector: Projector, sources: Mapping[str, str], connection: Connection) -> None:
    """Note which restored stores a read model hears from now on, and that it has to be built anew of these alone."""
    lineage = projector.inbox(connection).lineage
    lines = lineage.lines()
    if later := {t: s for t, s in sources.items() if t in lines and s > lines[t].source}:
        for topic, source in later.items():
            lineage.follow(topic, Line(source))
        named = col(Model.name) == projector.name
        connection.execute(update(Model).where(named).values(schema_hash="", generation=Model.generation + 1))


def generation_of(session: Session, name: str) -> int:
    found = session.get(Model, name)
    return found.generation if found else 1
