"""A backup is one moment of all stores; a restore begins their next incarnation, or writes nothing."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest

from carnet.kernel.bus.port import Message
from carnet.kernel.bus.sqlite import SqliteBus
from carnet.kernel.day import DAY_FILE
from carnet.kernel.documents.folder import FolderDocuments
from carnet.kernel.engines import BUS_FILE
from carnet.kernel.issuer import KEY_FILE, embedded
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings
from carnet.kernel.store.port import NO_STREAM, NewEvent
from carnet.kernel.store.sqlite import SqliteEventStore
from carnet.runner.backup import MANIFEST, TOLD, BackupRefused, back_up, checksum
from carnet.runner.restoring import restore

INBOUND, ABSENT = "carnet.inbound.absences.v1", Message("77", b'{"id": "77"}\xff', {"ce_type": "any"})
SKIP = "INSERT INTO carnet_skipped VALUES ('c', 't', 's', 1, 'e')"
NOTE = "INSERT INTO carnet_incident VALUES (1, 'c', 's', 'ann skipped revision 1.', '2026-01-01')"
TABLES = (
    "CREATE TABLE carnet_skipped (consumer, topic, stream, revision, event)",
    "CREATE TABLE carnet_incident (id INTEGER PRIMARY KEY, consumer, stream, note, at)",
    "CREATE TABLE dispatch_order (number)",
)


def settings_of(data: Path) -> ServiceSettings:
    return ServiceSettings(data=data, log_level="error")


def event() -> NewEvent:
    return NewEvent(uuid4(), "lit.v1", b"{}")


def store_in(data: Path, context: str) -> SqliteEventStore:
    return SqliteEventStore.open(data / context / "events.db", tenant="carnet")


async def incarnations(data: Path) -> dict[str, UUID]:
    found = {}
    for context in CONTEXTS:
        store = store_in(data, context)
        found[context] = await store.incarnation()
        await store.close()
    return found


async def heard(data: Path) -> list[Message]:
    """Give what other systems told, and see that nothing else is on the bus."""
    bus = await SqliteBus.open(data / BUS_FILE)
    assert await bus.end("carnet.objects.v1") == 0
    member = await bus.subscribe("test", [INBOUND])
    async with asyncio.timeout(60):
        found = [delivery.message for delivery in await member.batch()]
    await member.close()
    await bus.close()
    return found


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder as a suite leaves it: stores, a document, a day, a key, and what a person decided."""
    folder = tmp_path / "data"
    for context in CONTEXTS:
        (folder / context).mkdir(parents=True)
        store = store_in(folder, context)
        await store.append("order-1", [event()], NO_STREAM)
        await store.close()
    await FolderDocuments(folder / "invoicing" / "documents").put(b"an invoice")
    (folder / DAY_FILE).write_text("2026-03-01")
    embedded(settings_of(folder))
    bus = await SqliteBus.open(folder / BUS_FILE)
    await bus.publish("carnet.objects.v1", [Message("object-1", b"{}")])
    await bus.publish(INBOUND, [ABSENT])
    await bus.close()
    with closing(connect(folder / "dispatch" / "views.db")) as views:
        for statement in (*TABLES, SKIP, NOTE):
            views.execute(statement)
        views.commit()
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    back_up(settings_of(data), tmp_path / "backup")
    return tmp_path / "backup"


async def test_a_restored_folder_holds_what_cannot_be_derived_under_later_incarnations(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    there = tmp_path / "elsewhere"
    await restore(settings_of(there), backup)
    before, after = await incarnations(data), await incarnations(there)
    assert all(before[context] < after[context] for context in CONTEXTS)
    for context in CONTEXTS:
        mine, theirs = store_in(data, context), store_in(there, context)
        assert await mine.read_all() == await theirs.read_all()
        await mine.close()
        await theirs.close()
    documents = FolderDocuments(there / "invoicing" / "documents")
    assert [await documents.get(digest) for digest in await documents.digests()] == [b"an invoice"]
    assert (there / DAY_FILE).read_text() == "2026-03-01"
    assert (there / KEY_FILE).read_text() == (data / KEY_FILE).read_text()
    assert (there / KEY_FILE).stat().st_mode & 0o077 == 0
    assert await heard(there) == [ABSENT]
    assert {path.name for path in there.iterdir()} == {*CONTEXTS, DAY_FILE, KEY_FILE, BUS_FILE}
    with closing(connect(there / "dispatch" / "views.db")) as views:
        assert views.execute("SELECT * FROM carnet_skipped").fetchall() == [("c", "t", "s", 1, "e")]
        assert views.execute("SELECT note FROM carnet_incident").fetchall() == [("ann skipped revision 1.",)]


def test_a_backup_is_for_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0


class Writer(Thread):
    """Appends to one store and then to another, again and again, as a fact crosses from a context to the next."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self.data, self.enough = data, Event()

    def run(self) -> None:
        asyncio.run(self.write())

    async def write(self) -> None:
        first, then = store_in(self.data, "objects"), store_in(self.data, "notifications")
        while not self.enough.is_set():
            for store in (first, then):
                await store.append(f"order-{uuid4()}", [event()], NO_STREAM)
        await first.close()
        await then.close()


@pytest.fixture
def writer(data: Path) -> Iterator[Writer]:
    made = Writer(data)
    made.start()
    yield made
    made.enough.set()
    made.join()


def count(folder: Path, context: str) -> int:
    with closing(connect(folder / context / "events.db")) as store:
        found: int = store.execute("SELECT count(*) FROM event").fetchone()[0]
        return found


def test_all_stores_are_copied_as_they_were_at_one_moment_while_others_write(
    data: Path, tmp_path: Path, writer: Writer
) -> None:
    for n in range(5):
        back_up(settings_of(data), tmp_path / f"backup-{n}")
        ahead = count(tmp_path / f"backup-{n}", "objects") - count(tmp_path / f"backup-{n}", "notifications")
        assert ahead in {0, 1}
    assert writer.is_alive()


def test_a_folder_that_holds_something_is_no_target(data: Path, backup: Path) -> None:
    with pytest.raises(BackupRefused, match="holds something already"):
        back_up(settings_of(data), backup)


def test_where_a_store_is_missing_nothing_is_backed_up(data: Path, tmp_path: Path) -> None:
    (data / "objects" / "events.db").unlink()
    with pytest.raises(BackupRefused, match="objects has no event store"):
        back_up(settings_of(data), tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_stores_on_servers_are_not_ours_to_back_up(data: Path, tmp_path: Path) -> None:
    settings = settings_of(data).model_copy(update={"store": "esdb://localhost"})
    with pytest.raises(BackupRefused, match="servers' own tools"):
        back_up(settings, tmp_path / "backup")


def manifest_says(name: str, value: object) -> Callable[[Path], None]:
    def change(backup: Path) -> None:
        said = json.loads((backup / MANIFEST).read_text())
        (backup / MANIFEST).write_text(json.dumps(said | {name: value}))

    return change


def a_byte_is_another(backup: Path) -> None:
    content = bytearray((backup / "dispatch" / "events.db").read_bytes())
    content[-1] ^= 1
    (backup / "dispatch" / "events.db").write_bytes(content)


def a_file_is_outside(backup: Path) -> None:
    other = backup.parent / "data" / "objects" / "events.db"
    manifest_says("files", {f"../data/objects/{other.name}": checksum(other)})(backup)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


WRONG: dict[str, Callable[[Path], object]] = {
    "is no backup": lambda backup: (backup / MANIFEST).unlink(),
    "that can be read": lambda backup: (backup / MANIFEST).write_text("{"),
    "use a newer one": manifest_says("format", 3),
    "of tenant other, this suite is of carnet": manifest_says("tenant", "other"),
    "is damaged: dispatch/events.db": a_byte_is_another,
    "is damaged: invoicing/events.db": lambda backup: (backup / "invoicing" / "events.db").unlink(),
    "is damaged: ../data/objects/events.db": a_file_is_outside,
}


@pytest.mark.parametrize("because", WRONG)
async def test_what_is_no_sound_backup_of_ours_writes_nothing(backup: Path, tmp_path: Path, because: str) -> None:
    WRONG[because](backup)
    with pytest.raises(BackupRefused, match=because) as refused:
        await restore(settings_of(tmp_path / "elsewhere"), backup)
    assert "\n" not in str(refused.value)
    assert names_in(tmp_path) == ["backup", "data"]


async def test_a_folder_that_is_in_use_is_not_restored_into(data: Path, backup: Path) -> None:
    before = await incarnations(data)
    with pytest.raises(BackupRefused, match="holds something already"):
        await restore(settings_of(data), backup)
    assert await incarnations(data) == before


async def test_an_empty_folder_is_restored_into(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    await restore(settings_of(tmp_path / "elsewhere"), backup)
    assert len(await incarnations(tmp_path / "elsewhere")) == len(CONTEXTS)


async def test_a_backup_of_0_1_0_is_restored_without_what_other_systems_told(backup: Path, tmp_path: Path) -> None:
    files = json.loads((backup / MANIFEST).read_text())["files"]
    del files[TOLD]
    (backup / TOLD).unlink()
    manifest_says("files", files)(backup)
    manifest_says("format", 1)(backup)
    await restore(settings_of(tmp_path / "elsewhere"), backup)
    assert await incarnations(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / BUS_FILE).exists()


async def test_a_context_in_which_nothing_happened_yet_is_restored_too(data: Path, tmp_path: Path) -> None:
    (data / "contracts" / "events.db").unlink()
    await store_in(data, "contracts").close()
    back_up(settings_of(data), tmp_path / "backup")
    await restore(settings_of(tmp_path / "elsewhere"), tmp_path / "backup")
    assert count(tmp_path / "elsewhere", "contracts") == 0


async def test_a_backup_can_be_restored_again_and_again(backup: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        await restore(settings_of(tmp_path / name), backup)
    one, two = await incarnations(tmp_path / "one"), await incarnations(tmp_path / "two")
    assert not set(one.values()) & set(two.values())
