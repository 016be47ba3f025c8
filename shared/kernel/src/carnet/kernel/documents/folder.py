"""Documents in a folder, each under its digest: written beside, synced, then renamed into place."""

import asyncio
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing, digest_of

DIGEST = re.compile(r"[0-9a-f]{64}")


class FolderDocuments:
    """`<folder>/ab/cdef…`: 256 subfolders keep each one short."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def put(self, content: bytes) -> Digest:
        return await asyncio.to_thread(self.write, content)

    async def get(self, digest: Digest) -> bytes:
        return await asyncio.to_thread(self.read, digest)

    async def digests(self) -> list[Digest]:
        return await asyncio.to_thread(self.listed)

    def write(self, content: bytes) -> Digest:
        digest = digest_of(content)
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            write_durably(path, content)
        return digest

    def read(self, digest: Digest) -> bytes:
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise DocumentMissing(f"No document {digest} is kept here.") from None
        if digest_of(content) != digest:
            raise DocumentDamaged(f"The document {digest} was changed on the disk.")
        return content

    def listed(self) -> list[Digest]:
        names = (path.parent.name + path.name for path in self.folder.glob("??/*"))
        return sorted(Digest(name) for name in names if DIGEST.fullmatch(name))

    def path(self, digest: Digest) -> Path:
        if not DIGEST.fullmatch(digest):
            raise DocumentMissing(f"{digest!r} is no SHA-256 in hexadecimal.")
        return self.folder / digest[:2] / digest[2:]


def write_durably(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            fill(file, content)
        except OSError:
            Path(file.name).unlink()  # a full disk is not filled further by each try
            raise
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def fill(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
