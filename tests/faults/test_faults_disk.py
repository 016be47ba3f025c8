"""The disk is full: commands are refused with a clear answer, nothing is lost, and all goes on by itself."""

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from carnet.kernel.documents.folder import FolderDocuments
from faults.firm import Firm

SIZE = 16 * 1024 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a file system of its own, of a few megabytes; skips where none may be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("a disk of its own may be mounted by root only")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill a disk to the last byte."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def no_longer(file: Path) -> Iterator[None]:
    """Let no file of this process grow beyond the length that this one has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", ["disk", "limit"])
async def test_on_a_full_disk_commands_are_refused_and_go_on_when_there_is_room(tmp_path: Path, kind: str) -> None:
    with small_disk(tmp_path) if kind == "disk" else unchanged(tmp_path) as folder:
        firm = Firm(folder)
        async with firm.at_work() as suite:
            await firm.work(suite)
            with full(folder) if kind == "disk" else no_longer(folder / "objects" / "events.db-wal"):
                waiting = asyncio.create_task(firm.work(suite))
                await refused(firm)
                assert not waiting.done()
            await waiting
            await firm.agree(suite)
        await firm.agrees()


@contextmanager
def unchanged(folder: Path) -> Iterator[Path]:
    yield folder


async def test_on_a_full_disk_a_suite_stops_when_it_is_told_to(tmp_path: Path) -> None:
    with small_disk(tmp_path) as folder:
        firm = Firm(folder)
        async with asyncio.timeout(60):
            async with firm.at_work() as suite:
                await firm.work(suite)
                filled = full(folder)
                filled.__enter__()
                asking = asyncio.create_task(firm.work(suite))
                await refused(firm)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        filled.__exit__(None, None, None)
        await firm.agrees()


async def refused(firm: Firm) -> None:
    """Wait until the clients were told several times that nothing can be written."""
    while firm.refusals.total() < 10:  # noqa: ASYNC110  # an answer rings no bell
        await asyncio.sleep(0.01)


async def test_a_document_that_found_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    documents, longest = FolderDocuments(tmp_path / "documents"), tmp_path / "longest"
    longest.write_bytes(bytes(100_000))
    with no_longer(longest), pytest.raises(OSError, match="File too large"):
        await documents.put(bytes(200_000))
    assert [file for file in documents.folder.rglob("*") if file.is_file()] == []
    assert await documents.get(await documents.put(bytes(200_000))) == bytes(200_000)
