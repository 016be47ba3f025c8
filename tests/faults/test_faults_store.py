"""The event store keeps what it was given and does not come to say so; or it is an older one than it was."""

import asyncio
import shutil
from pathlib import Path

from engines.eventstore.server import DevelopmentServer

from carnet.kernel.operating import renew
from carnet.kernel.trial import Trial
from faults.between import losing_replies
from faults.firm import Firm, rest


async def test_lost_replies_of_the_event_store_are_asked_for_again_and_done_once(firm: Firm) -> None:
    async with firm.at_work(losing_replies) as suite:
        await firm.work(suite)
        await firm.agree(suite)
    assert firm.refusals.total() > 0
    await firm.agrees()


async def test_replies_are_lost_on_the_way_from_the_event_store_s_server(tmp_path: Path) -> None:
    async with DevelopmentServer() as server:
        firm = Firm(tmp_path, store=server.uri)
        async with firm.at_work() as suite:
            for lost in (2, 40):
                server.faults.lost_replies = lost
                await firm.work(suite)
                server.faults.drop_subscriptions(quietly=lost == 2)
                await firm.agree(suite)
                assert server.faults.lost_replies == 0
        await firm.agrees()


async def test_a_restored_store_has_an_older_head(firm: Firm) -> None:
    """What was acknowledged after the copy is lost with it, and its clients ask again; all else is as it was."""
    async with firm.at_work() as suite:
        await firm.work(suite)
        await rest(suite)
    copy = shutil.copytree(firm.folder / "objects", firm.folder / "copy")
    acknowledged = dict(firm.lamps)
    async with firm.at_work() as suite:
        await firm.work(suite)
        await rest(suite)
    for file in (firm.folder / "objects").glob("events.db*"):
        file.unlink()
    for file in copy.glob("events.db*"):
        shutil.copy(file, firm.folder / "objects")
    async with firm.at_work() as suite:
        await refuses(suite)
    await renew("objects", firm.settings())
    firm.lamps = acknowledged
    async with firm.at_work() as suite:
        await rest(suite)
        await firm.agree(suite)


async def refuses(suite: Trial) -> None:
    """See that the relay publishes nothing and says what to do; asked without a pause it would never get a turn."""
    async with asyncio.timeout(60):
        while not (reasons := (await suite.get("/objects/health/ready")).json()["reasons"]):  # noqa: ASYNC110  # as an orchestrator does
            await asyncio.sleep(0.05)
    assert "Run `carnet renew objects`" in reasons[0]
