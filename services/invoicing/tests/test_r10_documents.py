"""R10, item by item: what stands on a document, its QR-bill, its figures after EN 16931, and that it never changes."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from carnet.events.contracts import Billing
from carnet.events.invoicing import CreditNoteIssued, InvoiceIssued
from carnet.invoicing.billing.document_view import existing
from carnet.invoicing.billing.printing import printed
from carnet.invoicing.documents import payload, render
from carnet.invoicing.domain.document import (
    Address,
    Block,
    Document,
    DocumentLine,
    Exemption,
    Recipient,
    Supplier,
    taxes,
)
from carnet.invoicing.domain.money import totals
from carnet.invoicing.domain.series import DocumentIssued, IssueDocuments, series
from carnet.invoicing.publishing import publish
from carnet.kernel.documents.port import Digest
from carnet.kernel.testing import Given

given = Given(series)
LAUSANNE = Address(street="Rue de Genève", house_number="88", postcode="1004", town="Lausanne")
FIRM = Supplier(name="Rochat SA", address=LAUSANNE, vat_number="CHE-112.233.445 TVA", account="CH4431999123000889012")
DAY = date(2026, 4, 7)


def line(net: str, rate: str = "8.1", code: str = "standard", n: int = 1) -> DocumentLine:
    amount = Decimal(net)
    return DocumentLine(
        line_id=f"{n}", kind="labour", text="Main-d’œuvre", unit_price=amount, list_amount=amount, net=amount,
        vat_rate=Decimal(rate), tax_code=code, first_day=DAY, last_day=DAY,
    )  # fmt: skip


def bill(*lines: DocumentLine, n: int = 1, **more: Any) -> Document:
    foot = totals(((each.vat_rate, each.net) for each in lines), Decimal("0.05"))
    told: dict[str, Any] = {"kind": "invoice", "issued_on": DAY, "language": "fr", "currency": "CHF", "supplier": FIRM}
    recipient = Recipient(party_id="K1", name="PPE du Parc", address=LAUSANNE)
    whole = {"document_id": UUID(int=n), "recipient": recipient, "blocks": (Block(lines=lines),), "totals": foot}
    return Document.model_validate({**told, **whole, **more})


def issued(*documents: Document) -> list[DocumentIssued]:
    return given().when(IssueDocuments(series="R", year=2026, documents=documents))


async def text_of(firm: Any, listed: dict[str, Any]) -> str:
    answer = await firm.suite.get(f"/invoicing/invoices/{listed['document_id']}/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


async def test_r10_a_the_paper_names_supplier_recipient_service_price_rate_and_tax(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K1", {"vat_number": "CHE-109.322.551 TVA"})
    await firm.work("f1", "A", DAY, "repair 2.25, part 1 door-contact")
    (invoice,) = await firm.invoices()
    text = await text_of(firm, invoice)
    supplier = ("Rochat Ascenseurs SA", "CHE-112.233.445 TVA")
    recipient = ("PPE Résidence du Parc", "Votre n° TVA", "CHE-109.322.551 TVA")
    service = ("07.04.2026", "Main-d’œuvre", "2.25 h", "145.00", "326.25", "Contact de porte", "74.50")
    tax = ("TVA 8.1 % sur 400.75", "32.46", "433.20")
    assert [each for each in (*supplier, *recipient, *service, *tax) if each not in text] == []


async def test_r10_a_a_line_without_tax_says_why_in_the_language_of_the_customer(firm: Any) -> None:
    """The sentence of the tax code is a part of the issued document and of what is published (BT-48, BT-120)."""
    abroad = {"tax_codes": [{"valid_from": "2026-01-01", "code": "reverse_charge"}]}
    await firm.ask("PUT", "/invoicing/debtors/K4", {**abroad, "vat_number": "DE129273398", "language": "de"})
    await firm.work("o1", "hydraulic", DAY, "repair 2")
    (invoice,) = await firm.invoices()
    row = await existing(firm.suite.runtime("invoicing"), UUID(invoice["document_id"]))
    why = "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)."
    assert row.whole.document.exemptions == (Exemption(category="AE", reason=why),)
    assert row.whole.document.recipient.vat_number == "DE129273398"
    fact = publish(row.whole)
    assert isinstance(fact, InvoiceIssued)
    assert fact.document.customer_vat_number == "DE129273398"
    assert [(each.category, each.reason) for each in fact.document.vat] == [("AE", why)]
    text = await text_of(firm, invoice)
    assert [each for each in ("Ihre MWST-Nummer", "DE129273398", why) if each not in " ".join(text.split())] == []


@pytest.mark.parametrize(("code", "category"), [("reverse_charge", "AE"), ("export", "G"), ("exempt", "E")])
def test_r10_a_a_document_that_does_not_say_why_it_bears_no_tax_is_not_issued(code: str, category: Any) -> None:
    untaxed = bill(line("100.00", "0", code))
    command = IssueDocuments(series="R", year=2026, documents=(untaxed,))
    given().refuses(command, because=f"Say why the lines of VAT category {category} bear no tax")
    explained = untaxed.model_copy(update={"exemptions": (Exemption(category=category, reason="Why."),)})
    assert len(issued(explained)) == 1


def test_r10_a_where_there_are_two_rates_each_line_says_which_one_it_bears() -> None:
    """Art. 26 of the Swiss VAT law asks for the rate of each service; one rate stands beside its tax."""
    two = bill(line("100.00"), line("50.00", "2.6", n=2))
    (text,) = (page.extract_text() for page in PdfReader(BytesIO(render(printed(issued(two)[0])))).pages)
    assert ("07.04.2026 · TVA 8.1 %" in text, "07.04.2026 · TVA 2.6 %" in text) == (True, True)
    (text,) = (page.extract_text() for page in PdfReader(BytesIO(render(printed(issued(bill(line("1.00")))[0])))).pages)
    assert "07.04.2026 · TVA" not in text


def test_r10_b_the_qr_bill_asks_for_the_payable_by_structured_addresses_and_a_checked_reference() -> None:
    """255.25 net bears 20.68; 275.93 is rounded to 275.95, and that is what the code says."""
    (event,) = issued(bill(line("255.25")))
    asked = payload(printed(event)).split("\r\n")
    assert (asked[18], asked[19]) == ("275.95", "CHF")
    assert [asked[4], asked[20]] == ["S", "S"]
    assert (asked[27], asked[28]) == ("QRR", event.reference)


def test_r10_b_an_iban_goes_with_a_scor_reference() -> None:
    plain = FIRM.model_copy(update={"account": "CH9300762011623852957"})
    (event,) = issued(bill(line("255.25"), supplier=plain))
    assert payload(printed(event)).split("\r\n")[27:29] == ["SCOR", event.reference]
    assert (event.reference or "").startswith("RF")


@pytest.mark.parametrize(
    "unasked",
    [
        bill(line("0.00")),
        bill(line("100.00"), currency="USD"),
        bill(line("100.00"), supplier=FIRM.model_copy(update={"account": None})),
    ],
    ids=["0.00", "USD", "no account"],
)
def test_r10_b_nothing_to_pay_or_another_currency_has_no_qr_bill(unasked: Document) -> None:
    (event,) = issued(unasked)
    assert (event.reference, printed(event).has_payment_part) == (None, False)


async def test_r10_b_c_a_credit_note_has_positive_amounts_type_381_and_no_qr_bill(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c, billing=Billing(every_months=6, anchor=date(2026, 1, 1))))
    await firm.run(date(2026, 7, 1))
    await firm.sign(firm.version(2, firm.lift_a, firm.door_c_leaves))
    await firm.run(date(2026, 9, 1))
    (listed,) = await firm.invoices(kind="credit_note")
    row = await existing(firm.suite.runtime("invoicing"), UUID(listed["document_id"]))
    fact = publish(row.whole)
    assert isinstance(fact, CreditNoteIssued)
    assert (fact.document.type_code, fact.document.net) == ("381", Decimal("159.13"))
    assert all(each.net > 0 and each.corrects for each in fact.document.lines)
    assert (row.whole.reference, printed(row.whole).has_payment_part) == (None, False)


@pytest.mark.parametrize(
    ("nets", "vat"), [(["41.30"] * 3, "10.04"), (["105.00"], "8.51"), (["255.25"], "20.68"), (["123.90"], "10.04")]
)
def test_r10_c_the_tax_of_a_category_is_rounded_once_half_up(nets: list[str], vat: str) -> None:
    (taxed,) = taxes(bill(*(line(net, n=n) for n, net in enumerate(nets))))
    assert (taxed.category, taxed.vat) == ("S", Decimal(vat))


def test_r10_c_the_rounding_is_an_amount_of_its_own_and_lines_have_their_periods() -> None:
    """BT-114 is the difference to 0.05; BT-134 and BT-135 are the days of each line."""
    fact = publish(issued(bill(line("255.25")))[0])
    assert isinstance(fact, InvoiceIssued)
    told = fact.document
    assert (told.total, told.rounding, told.payable) == (Decimal("275.93"), Decimal("0.02"), Decimal("275.95"))
    assert told.type_code == "380"
    assert [(each.first_day, each.last_day) for each in told.lines] == [(DAY, DAY)]


def test_r10_d_a_series_has_no_gaps_and_who_has_a_number_keeps_it() -> None:
    first, second, third = (bill(line("100.00"), n=n) for n in (1, 2, 3))
    before = issued(first, second)
    assert [each.number for each in before] == ["R2026-0001", "R2026-0002"]
    again = given(*before).when(IssueDocuments(series="R", year=2026, documents=(second, third, first)))
    assert [(each.number, each.document.document_id) for each in again] == [("R2026-0003", third.document_id)]


async def test_r10_d_the_stored_file_proves_its_integrity_and_its_time(firm: Any) -> None:
    await firm.work("f1", "A", DAY, "repair 1")
    (invoice,) = await firm.invoices()
    runtime = firm.suite.runtime("invoicing")
    row = await existing(runtime, UUID(invoice["document_id"]))
    assert row.sha256 is not None
    content = await runtime.documents.get(Digest(row.sha256))
    assert sha256(content).hexdigest() == row.sha256
    assert content == render(printed(row.whole))
    assert row.issued_at is not None
    assert row.rendered_at is not None
    assert row.issued_at <= row.rendered_at
