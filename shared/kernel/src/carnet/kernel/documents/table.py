"""Documents in a table of the context's database, each under its digest."""

from typing import Final

from sqlalchemy import Connection, text
from sqlmodel import Session

from carnet.kernel.database import Database
from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing, digest_of

PUT: Final = text(
    "INSERT INTO carnet_document (digest, content) VALUES (:digest, :content) ON CONFLICT (digest) DO NOTHING"
)
GET: Final = text("SELECT content FROM carnet_document WHERE digest = :digest")
ALL: Final = text("SELECT digest FROM carnet_document ORDER BY digest")


class TableDocuments:
    """One row a document, for ever the same: so none waits for the turn of those who write rows."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def put(self, content: bytes) -> Digest:
        digest = digest_of(content)
        await self.database.beside(lambda connection: put(connection, digest, content))
        return digest

    async def get(self, digest: Digest) -> bytes:
        content = await self.database.read(lambda session: get(session, digest))
        if digest_of(content) != digest:
            raise DocumentDamaged(f"The document {digest} was changed in the database.")
        return content

    async def digests(self) -> list[Digest]:
        return await self.database.read(lambda session: [Digest(each) for each in session.connection().scalars(ALL)])


def put(connection: Connection, digest: Digest, content: bytes) -> None:
    connection.execute(PUT, {"digest": digest, "content": content})


def get(session: Session, digest: Digest) -> bytes:
    content: bytes | None = session.connection().execute(GET, {"digest": digest}).scalar()
    if content is None:
        raise DocumentMissing(f"No document {digest} is kept here.")
    return content
