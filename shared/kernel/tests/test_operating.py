"""What an operator's machinery asks of a context: its tables made ready, its store renewed, its day run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from engines.eventstore.server import DevelopmentServer
from engines.ports import free_port
from engines.postgres import DatabaseOf
from sqlalchemy import text

from carnet.kernel import operating
from carnet.kernel.engines import STORE_FILE, kept, store_of
from carnet.kernel.folder import FolderHeld, held
from carnet.kernel.migrations import VERSIONS
from carnet.kernel.serve import NotReady
from carnet.kernel.settings import BadSettings, ServiceSettings
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent

Environment = Callable[..., ServiceSettings]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """Set what CARNET_… says, with one context installed, `toy`; gives what a service reads of it."""
    monkeypatch.setattr("carnet.kernel.serve.entry_points", installed)

    def told(**settings: str | None) -> ServiceSettings:
        for name, value in {"data": str(tmp_path), **settings}.items():
            if value is not None:
                monkeypatch.setenv(f"CARNET_{name.upper()}", value)
        return ServiceSettings()

    return told


def installed(*, group: str, name: str = "toy") -> list[SimpleNamespace]:
    return [SimpleNamespace(name="toy", load=lambda: None)] if (group, name) == ("carnet.apps", "toy") else []


async def test_a_database_is_brought_up_before_its_service_comes(
    environment: Environment, database_of: DatabaseOf, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = environment(database=database_of("toy"))
    for _ in range(2):
        await operating.migrate_one("toy")
        assert capsys.readouterr().out == f"The database of toy is that of {VERSIONS[-1]}.\n"
    database, _ = kept(settings.data / "toy", settings)
    owner = await database.read(lambda session: session.connection().execute(text("SELECT * FROM carnet_owner")).all())
    assert [row[-2:] for row in owner] == [("carnet", "toy")]
    database.close()


async def test_a_database_that_is_not_there_is_one_sentence(environment: Environment) -> None:
    environment(database=f"postgresql://toy:secret@127.0.0.1:{free_port()}/toy")
    with pytest.raises(NotReady, match=r"^The database cannot be used: .*refused") as refused:
        await operating.migrate_one("toy")
    assert "secret" not in str(refused.value)


async def test_a_context_that_is_not_installed_is_not_migrated(environment: Environment) -> None:
    settings = environment()
    with pytest.raises(BadSettings, match="No context 'other' is installed here; there are: toy"):
        await operating.migrate_one("other")
    assert not (settings.data / "other").exists()


@pytest.fixture(params=["sqlite", "server"])
async def where(request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """Where the event store is: in the folder, and on a server."""
    if request.param == "sqlite":
        yield None
        return
    async with DevelopmentServer() as server:
        yield server.uri


async def with_store(settings: ServiceSettings, work: Callable[[EventStore], Awaitable[Any]]) -> Any:
    store = store_of("toy", settings.data / "toy", settings)
    try:
        return await work(store)
    finally:
        await store.close()


async def test_a_store_that_was_put_back_begins_its_next_life(environment: Environment, where: str | None) -> None:
    settings = environment(store=where)
    (settings.data / "toy").mkdir()

    async def lit(store: EventStore) -> UUID:
        await store.append("lamp-1", [NewEvent(uuid4(), "lit.v1", b"{}")], NO_STREAM)
        return await store.incarnation()

    before = await with_store(settings, lit)
    for _ in range(2):
        await operating.renew_one("toy", settings.data)
        after = await with_store(settings, lambda store: store.incarnation())
        assert before < after
        before = after
    assert len(await with_store(settings, lambda store: store.read_all())) == 1


async def test_a_store_that_holds_nothing_was_not_put_back(environment: Environment, where: str | None) -> None:
    settings = environment(store=where)
    (settings.data / "toy").mkdir()
    before = await with_store(settings, lambda store: store.incarnation())
    with pytest.raises(BadSettings, match="holds no event"):
        await operating.renew_one("toy", settings.data)
    assert await with_store(settings, lambda store: store.incarnation()) == before


async def test_what_is_not_there_is_not_renewed_nor_while_something_runs(environment: Environment) -> None:
    settings = environment()
    with pytest.raises(BadSettings, match="toy has no event store"):
        await operating.renew_one("toy", settings.data)
    assert list(settings.data.iterdir()) == []
    (settings.data / "toy").mkdir()
    (settings.data / "toy" / STORE_FILE).touch()
    with held(settings.data, "", alone=False), pytest.raises(FolderHeld):
        await operating.renew_one("toy", settings.data)


async def test_a_run_needs_a_machine_that_may_start_it_and_somebody_who_answers(environment: Environment) -> None:
    environment(peers=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotReady, match="The run of 2026-03-02 in toy was not done: "):
        await operating.run_day("toy", date(2026, 3, 2))
    issuer = f"http://127.0.0.1:{free_port()}"
    environment(issuer=issuer)
    with pytest.raises(BadSettings, match="CARNET_MACHINE_ID is empty"):
        await operating.run_day("toy", None)
    environment(machine_id="day")
    with pytest.raises(NotReady, match=f"was not done: The provider at {issuer} does not answer.$"):
        await operating.run_day("toy", date(2026, 3, 2))


def test_another_context_is_reached_at_the_front_unless_it_is_told_where() -> None:
    assert ServiceSettings(port=8001).of("toy") == "http://127.0.0.1:8001"
    assert ServiceSettings(peers="http://{context}:8000").of("toy") == "http://toy:8000"
