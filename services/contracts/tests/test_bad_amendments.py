"""Bad input of amendments: a sentence that says what to do, and nothing is recorded."""

from typing import Any

import pytest

REPRICE = {"change": "reprice", "fee": "1800.00"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {**REPRICE, "position_id": "A", "valid_from": "2025-12-31"},
            "Position A is covered from 2026-01-01: date its price on or after that day, not on 2025-12-31.",
        ),
        (
            {**REPRICE, "position_id": "X", "valid_from": "2026-07-01"},
            "The contract has no position X: add it first.",
        ),
    ],
    ids=["a price before its position", "an unknown position"],
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


async def test_an_amendment_before_the_contracts_start_says_what_to_do_and_records_nothing(
    firm: Any, bodies: Any
) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.suite.settle()
    before = await firm.suite.runtime("contracts").engines.store.head()
    early = {**bodies["B"]["position"], "first_day": "2025-12-31"}
    body = {"changes": [{**bodies["B"], "position": early}], "recorded": "2026-05-06"}
    answer = await firm.suite.post(f"/contracts/{contract}/amendments", body)
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "The contract starts on 2026-01-01: date the change on or after that day.",
    )
    assert await firm.suite.runtime("contracts").engines.store.head() == before
