"""PostgreSQL is restarted under load: commands keep succeeding, and what is derived from them goes on by itself."""

import asyncio

import pytest
from engines import postgres

from faults.firm import Firm


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("database_of", ["postgresql"], indirect=True)
async def test_postgresql_is_restarted(
    firm: Firm, database_of: postgres.DatabaseOf, own_postgres: postgres.Server, kill: bool
) -> None:
    firm.databases = {context: str(database_of(context)) for context in ("objects", "dispatch")}
    async with firm.at_work() as suite:
        await firm.work(suite)
        working = asyncio.create_task(firm.work(suite, 30))
        await asyncio.to_thread(own_postgres.stop, kill=kill)
        await working
        await firm.work(suite)
        await asyncio.to_thread(own_postgres.start)
        assert firm.refusals.total() == 0
        await firm.agree(suite)
    await firm.agrees()
