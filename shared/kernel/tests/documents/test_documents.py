"""One suite for every adapter of the document port."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from carnet.kernel.documents.folder import FolderDocuments
from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing, Documents, digest_of
from carnet.kernel.documents.table import TableDocuments
from carnet.kernel.migrations import upgrade
from carnet.kernel.postgresql import open_database

PDF = b"%PDF-1.7 the invoice"
CHANGE = "UPDATE carnet_document SET content = :content WHERE digest = :digest"


@dataclass
class Place:
    """Where documents are kept: opened again with each call, and open to those who change what is there."""

    opened: Callable[[], Documents]
    change: Callable[[Digest, bytes], Awaitable[None]]


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    async def change(digest: Digest, content: bytes) -> None:
        FolderDocuments(tmp_path).path(digest).write_bytes(content)

    return Place(lambda: FolderDocuments(tmp_path), change)


@pytest.fixture
async def table(postgres_url: str) -> AsyncIterator[Place]:
    async def change(digest: Digest, content: bytes) -> None:
        values = {"digest": digest, "content": content}
        await databases[0].write(lambda connection: connection.execute(text(CHANGE), values))

    def opened() -> Documents:
        databases.append(open_database(postgres_url))
        return TableDocuments(databases[-1])

    databases = [open_database(postgres_url)]
    await databases[0].write(upgrade)
    yield Place(opened, change)
    for each in databases:
        each.close()


@pytest.fixture(params=["folder", "table"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def reopen(place: Place) -> Callable[[], Documents]:
    return place.opened


async def test_a_document_comes_back_as_it_was_put_also_later(reopen: Callable[[], Documents]) -> None:
    digest = await reopen().put(PDF)
    assert digest == digest_of(PDF)
    assert await reopen().get(digest) == PDF


async def test_the_same_content_is_kept_once(reopen: Callable[[], Documents]) -> None:
    documents = reopen()
    assert await documents.put(PDF) == await documents.put(PDF)
    assert await documents.digests() == [digest_of(PDF)]


@pytest.mark.parametrize("digest", [digest_of(b"another"), Digest("../../etc/passwd"), Digest("")])
async def test_what_is_not_kept_is_missing(reopen: Callable[[], Documents], digest: Digest) -> None:
    with pytest.raises(DocumentMissing):
        await reopen().get(digest)


async def test_a_changed_document_is_noticed(place: Place) -> None:
    documents = place.opened()
    digest = await documents.put(PDF)
    await place.change(digest, b"%PDF-1.7 another amount")
    with pytest.raises(DocumentDamaged):
        await documents.get(digest)


async def test_many_that_put_the_same_at_once_keep_it_once(reopen: Callable[[], Documents]) -> None:
    documents = reopen()
    digests = await asyncio.gather(*(documents.put(b"%d" % (n % 3)) for n in range(30)))
    assert await documents.digests() == sorted(set(digests))
