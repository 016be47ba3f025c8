"""A bare CRUD application: one table, one POST, FastAPI and SQLModel as their tutorial has them, WAL and FULL."""

from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine


class NewParty(SQLModel):
    number: str
    name: str
    language: str = "fr"
    email: str | None = None


class CrudParty(NewParty, table=True):
    __tablename__ = "crud_party"
    id: str = Field(default_factory=lambda: str(uuid4()), primary_key=True)


def build(folder: Path) -> FastAPI:
    """Make the app on a database in a folder."""
    engine = create_engine(f"sqlite:///{folder / 'crud.db'}", connect_args={"check_same_thread": False, "timeout": 30})

    @event.listens_for(engine, "connect")
    def durable(connection, _):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    SQLModel.metadata.create_all(engine, [SQLModel.metadata.tables["crud_party"]])
    app = FastAPI()

    @app.post("/objects/parties", status_code=201)
    def create(body: NewParty) -> CrudParty:
        with Session(engine) as session:
            party = CrudParty.model_validate(body)
            session.add(party)
            session.commit()
            session.refresh(party)
            return party

    return app
