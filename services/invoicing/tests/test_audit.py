"""The books close, or the audit says where they do not."""

from typing import Any
from uuid import UUID

import pytest

from carnet.invoicing.billing.audit import Books, claimed_by
from carnet.invoicing.domain.billable import WorkClaimed

A, B, C = (UUID(int=n) for n in range(3))


def test_closed_books_have_nothing_to_say() -> None:
    books = Books({A}, {A: "R2026-0001"}, {"R2026": [1, 2, 3]}, {A: "00"})
    assert [*books.unfinished(), *books.gaps()] == []


def test_a_claim_without_number_and_a_document_without_file_are_named() -> None:
    books = Books({A, B}, {A: "R2026-0001", C: "R2026-0002"}, {}, {A: "00"})
    assert list(books.unfinished()) == [f"The claim {B} has no number yet.", "R2026-0002 has no file yet."]


@pytest.mark.parametrize("numbers", [[1, 3], [2], [1, 1], [2, 1]])
def test_a_gap_a_repeat_and_a_late_number_are_named(numbers: list[int]) -> None:
    (finding,) = Books(numbers={"R2026": numbers}).gaps()
    assert finding == f"The series R2026 is not 1 to {len(numbers)} without a gap."


def test_collective_work_is_claimed_when_it_is_grouped() -> None:
    told: dict[str, Any] = {"claim_id": A, "collective": False}
    single = WorkClaimed.model_construct(**told)
    assert claimed_by(single) == (A,)
    assert claimed_by(single.model_copy(update={"collective": True})) == ()
