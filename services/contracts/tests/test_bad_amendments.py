"""Bad input of amendments: a sentence that says what to do, and nothing is recorded."""

from typing import Any

import pytest

REPRICE = {"change": "reprice", "fee": "1800.00"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {**REPRICE, "position_id": "A", "valid_from": "2025-12-31"},
            "The contract starts on 2026-01-01: date the change on or after that day.",
        ),
        (
            {**REPRICE, "position_id": "X", "valid_from": "2026-07-01"},
            "The contract has no position X: add it first.",
        ),
    ],
    ids=["before the contract's start", "an unknown position"],
)
async def test_an_amendment_that_makes_no_sense_says_what_to_do_and_records_nothing(
    firm: Any, bodies: Any, change: dict[str, Any], sentence: str
) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.suite.settle()
    store = firm.suite.runtime("contracts").engines.store
    before = await store.head()
    body = {"changes": [change], "recorded": "2026-05-06"}
    answer = await firm.suite.post(f"/contracts/{contract}/amendments", body)
    assert (answer.status_code, answer.json()["detail"]) == (409, sentence)
    assert await store.head() == before
