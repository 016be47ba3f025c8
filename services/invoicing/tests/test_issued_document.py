"""An issued document never changes (R10d)."""

from datetime import date
from uuid import UUID

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.issued_document import (
    DocumentNotRendered,
    DocumentRendered,
    DocumentVoided,
    RecordRendering,
    VoidDocument,
    issued_document,
)
from carnet.kernel.testing import Given

given = Given(issued_document)
invoice, day = UUID(int=1), date(2026, 2, 3)
rendering = RecordRendering(document_id=invoice, number="R2026-0001", sha256="a" * 64)
rendered = DocumentRendered(document_id=invoice, number="R2026-0001", sha256="a" * 64)
voiding = VoidDocument(
    document_id=invoice, kind="invoice", debtor_id="K1", number="R2026-0001", voided_on=day, reason="wrong debtor"
)
voided = DocumentVoided(**voiding.model_dump())


def test_a_file_is_kept_by_its_hash() -> None:
    assert given().when(rendering) == [rendered]
    assert given(rendered).when(rendering) == []


def test_another_file_under_the_same_number_is_refused() -> None:
    other = rendering.model_copy(update={"sha256": "b" * 64})
    given(rendered).refuses(other, because="an issued document never changes")


def test_a_document_is_voided_once_and_for_a_reason() -> None:
    assert given(rendered).when(voiding) == [voided]
    assert given(rendered, voided).when(voiding) == []
    given().refuses(voiding.model_copy(update={"reason": " "}), because="Give a reason")


@for_all(st.lists(st.sampled_from([rendering, voiding])))
def test_any_command_repeated_adds_nothing(commands: list[RecordRendering | VoidDocument]) -> None:
    history: list[DocumentRendered | DocumentNotRendered | DocumentVoided] = []
    for command in commands:
        history += given(*history).when(command)
        assert given(*history).when(command) == []
