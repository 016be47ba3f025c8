"""The disk is full: commands are refused with a clear answer, nothing is lost, and all goes on by itself."""

import asyncio
from contextlib import nullcontext
from pathlib import Path

import pytest

from carnet.kernel.documents.folder import FolderDocuments
from faults.disks import full, no_longer, refused, small_disk
from faults.firm import Firm


@pytest.mark.parametrize("kind", ["disk", "limit"])
async def test_on_a_full_disk_commands_are_refused_and_go_on_when_there_is_room(tmp_path: Path, kind: str) -> None:
    with small_disk(tmp_path) if kind == "disk" else nullcontext(tmp_path) as folder:
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


async def test_a_document_that_found_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    documents, longest = FolderDocuments(tmp_path / "documents"), tmp_path / "longest"
    longest.write_bytes(bytes(100_000))
    with no_longer(longest), pytest.raises(OSError, match="File too large"):
        await documents.put(bytes(200_000))
    assert [file for file in documents.folder.rglob("*") if file.is_file()] == []
    assert await documents.get(await documents.put(bytes(200_000))) == bytes(200_000)
