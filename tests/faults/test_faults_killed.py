"""kill -9 exactly between two steps: what was acknowledged is there, and whatever follows from it is there once."""

import signal
from dataclasses import replace

from faults.firm import Firm
from faults.kills import (
    ACK_AND_CURSOR,
    APPEND_AND_ANSWER,
    APPEND_AND_INBOX,
    IN_MID_TRAFFIC,
    TRANSACTION_AND_OFFSET,
    killed,
)


async def test_killed_between_ack_and_cursor(firm: Firm) -> None:
    assert killed(firm, ACK_AND_CURSOR) == -signal.SIGKILL
    await firm.agrees()


async def test_killed_between_transaction_and_offset_commit(firm: Firm) -> None:
    commit = TRANSACTION_AND_OFFSET[firm.kind]
    for kill in (commit, replace(commit, when="after")):  # whichever of the two came first
        assert killed(firm, kill) == -signal.SIGKILL
    await firm.agrees()


async def test_killed_between_a_reaction_s_append_and_its_inbox(firm: Firm) -> None:
    assert killed(firm, APPEND_AND_INBOX) == -signal.SIGKILL
    await firm.agrees()


async def test_killed_in_the_middle_of_traffic_wherever_that_is_and_again(firm: Firm) -> None:
    for nth in (9, 17, 25):
        assert killed(firm, replace(IN_MID_TRAFFIC, nth=nth)) == -signal.SIGKILL
    await firm.agrees()


async def test_killed_between_append_and_answer(firm: Firm) -> None:
    assert killed(firm, APPEND_AND_ANSWER) == -signal.SIGKILL
    await firm.agrees()
