"""Numbers without gaps, whole documents, and the payment reference (R10)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.invoicing.domain.document import (
    Address,
    Block,
    Corrected,
    CorrectedLine,
    Document,
    DocumentLine,
    OpenInvoice,
    Recipient,
    Supplier,
)
from carnet.invoicing.domain.money import Totals, totals
from carnet.invoicing.domain.qr_reference import qrr, reference, scheme, scor
from carnet.invoicing.domain.series import DocumentIssued, IssueDocuments, series
from carnet.kernel.testing import Given

given = Given(series)
day = date(2026, 6, 1)
QR_IBAN, IBAN = "CH44 3199 9123 0008 8901 2", "CH93 0076 2011 6238 5295 7"
lausanne = Address(street="Rue de Genève", house_number="88", postcode="1004", town="Lausanne")
rochat = Supplier(name="Rochat Ascenseurs SA", address=lausanne, vat_number="CHE-112.233.445 TVA", account=QR_IBAN)
parc = Recipient(party_id="1", name="PPE Résidence du Parc", care_of="Régie Delacroix SA", address=lausanne)


def fee(net: str, *, credits_a_line: bool = False) -> DocumentLine:
    amount = Decimal(net)
    return DocumentLine(
        line_id="A/1",
        corrects=CorrectedLine(document_id=UUID(int=8), number="R", line_id="A/1") if credits_a_line else None,
        kind="fee",
        text="Entretien", unit_price=amount, list_amount=amount, net=amount,
        vat_rate=Decimal("8.1"), first_day=date(2026, 5, 18), last_day=date(2026, 6, 30),
    )  # fmt: skip


R8 = Corrected(document_id=UUID(int=8), number="R", issued_on=day)


def document(n: int, net: str = "160.44", **more: Any) -> Document:
    lines = (fee(net),)
    whole: dict[str, Any] = {
        "document_id": UUID(int=n),
        "kind": "invoice",
        "issued_on": day,
        "language": "fr",
        "currency": "CHF",
        "supplier": rochat,
        "recipient": parc,
        "blocks": (Block(lines=lines),),
        "totals": totals(((line.vat_rate, line.net) for line in lines), Decimal("0.05")),
    }
    return Document(**whole | more)


def issue(*documents: Document) -> IssueDocuments:
    return IssueDocuments(series="R", year=2026, documents=documents)


def issued(n: int) -> DocumentIssued:
    return DocumentIssued(number=f"R2026-{n:04d}", reference=reference(QR_IBAN, 2026, n), document=document(n))


def test_many_documents_are_numbered_in_one_append() -> None:
    assert given().when(issue(document(1), document(2))) == [issued(1), issued(2)]


def test_a_document_keeps_its_number() -> None:
    assert given(issued(1)).when(issue(document(1), document(2))) == [issued(2)]
    assert given(issued(1), issued(2)).when(issue(document(2), document(1))) == []


def test_the_reference_of_the_seventh_invoice() -> None:
    assert issued(7).reference == "000000000000000020260000071"


def test_an_iban_has_a_creditor_reference() -> None:
    assert (scheme(QR_IBAN), scheme(IBAN)) == ("QRR", "SCOR")
    assert reference(IBAN, 2026, 7) == "RF742026000007"
    assert scor("539007547034") == "RF18539007547034"  # the example of ISO 11649
    assert qrr("21000000000313947143000901") == "210000000003139471430009017"  # the example of SIX


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "credit_note", "corrects": (R8,), "blocks": (Block(lines=(fee("160.44", credits_a_line=True),)),)},
        {"currency": "USD"},
        {"supplier": rochat.model_copy(update={"account": None})},
    ],
)
def test_there_is_no_qr_bill_on(more: dict[str, Any]) -> None:
    (event,) = given().when(issue(document(1, **more)))
    assert event.reference is None


def test_nothing_payable_has_no_qr_bill() -> None:
    (event,) = given().when(issue(document(1, "0.00")))
    assert event.reference is None


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"issued_on": date(2025, 12, 31)}, "series of its own year"),
        ({"supplier": rochat.model_copy(update={"vat_number": ""})}, "VAT number"),
        ({"recipient": parc.model_copy(update={"name": ""})}, "recipient's name and address"),
        ({"kind": "credit_note"}, "Name the invoice that the credit note corrects"),
        ({"kind": "credit_note", "corrects": (R8,)}, "Name the line of the invoice that each line"),
        ({"blocks": ()}, "at least one line"),
        ({"blocks": (Block(lines=(fee("1.00"),)),)}, "Add up the document again: its lines"),
        ({"totals": document(1).totals.model_copy(update={"rounding": Decimal(0)})}, "total and rounding"),
        ({"kind": "reminder"}, "Add up the open invoices"),
    ],
)
def test_an_incomplete_document_stays_in_the_house(more: dict[str, Any], because: str) -> None:
    given().refuses(issue(document(1, **more)), because=because)


def test_a_reminder_is_numbered_in_a_series_of_its_own() -> None:
    sums = {"M2026-0001": "469.65", "M2026-0002": "265.70"}
    listed = tuple(
        OpenInvoice(
            document_id=UUID(int=3), number=name, issued_on=day, due_on=day,
            open_amount=Decimal(amount), level=1,
        )
        for name, amount in sums.items()
    )  # fmt: skip
    owed = Decimal("735.35")
    foot = Totals(net=owed, vat={}, total=owed, rounding=Decimal(0), payable=owed)
    letter = document(1, kind="reminder", blocks=(), open_invoices=listed, totals=foot)
    (event,) = given().when(IssueDocuments(series="M", year=2026, documents=(letter,)))
    assert (event.number, event.reference) == ("M2026-0001", None)


@for_all(st.lists(st.lists(st.integers(1, 9), max_size=4), max_size=6))
def test_numbers_have_no_gaps_and_no_repeats(batches: list[list[int]]) -> None:
    history: list[DocumentIssued] = []
    for batch in batches:
        history += given(*history).when(issue(*map(document, batch)))
    assert [event.number for event in history] == [f"R2026-{n:04d}" for n in range(1, len(history) + 1)]
    assert len({event.document.document_id for event in history}) == len(history)


def test_an_event_reads_back_as_it_was_written() -> None:
    adapter = TypeAdapter(DocumentIssued)
    assert adapter.validate_json(adapter.dump_json(issued(1))) == issued(1)
