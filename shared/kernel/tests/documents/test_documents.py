"""One suite for every adapter of the document port."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carnet.kernel.documents.folder import FolderDocuments
from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing, Documents, digest_of

PDF = b"%PDF-1.7 the invoice"


@pytest.fixture(params=["folder"])
def reopen(tmp_path: Path) -> Callable[[], Documents]:
    return lambda: FolderDocuments(tmp_path / "documents")


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


async def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    documents = FolderDocuments(tmp_path)
    digest = await documents.put(PDF)
    documents.path(digest).write_bytes(b"%PDF-1.7 another amount")
    with pytest.raises(DocumentDamaged):
        await documents.get(digest)
