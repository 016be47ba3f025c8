"""The event store keeps what it was given and does not come to say so."""

from faults.between import losing_replies
from faults.firm import Firm


async def test_lost_replies_of_the_event_store_are_asked_for_again_and_done_once(firm: Firm) -> None:
    async with firm.at_work(losing_replies) as suite:
        await firm.work(suite)
        await firm.agree(suite)
    assert firm.refusals.total() > 0
    await firm.agrees()
