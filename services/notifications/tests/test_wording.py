"""Each kind of notification says in the party's language what, where, when and how much."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from carnet.events.invoicing import RemindedInvoice
from carnet.notifications.consumers.wording import compose
from carnet.notifications.domain.notification import Language, Text

PLACE = "Résidence du Parc, Ch. des Fleurettes 12, 1007 Lausanne"
VISIT = {"object": "Ascenseur A", "place": PLACE, "telephone": "021 555 01 20"}
DUE = {**VISIT, "service": "révision", "due_on": date(2026, 3, 9)}
APPOINTMENT = {
    **VISIT,
    "number": "A-12",
    "starts_at": datetime(2026, 4, 7, 6, 20, tzinfo=UTC),
    "zone": "Europe/Zurich",
}
BILL = {
    "number": "R2026-0001",
    "issued_on": date(2026, 1, 2),
    "payable": Decimal("1234.5"),
    "currency": "CHF",
    "due_on": date(2026, 1, 31),
    "link": "http://127.0.0.1:8000/invoicing/invoices/i-1/pdf",
}
REMINDED = [
    RemindedInvoice(
        invoice_id=number,
        number=number,
        issued_on=date(2026, 6, 22),
        due_on=date(2026, 7, 22),
        open_amount=Decimal(amount),
        level=1,
    )
    for number, amount in (("R2026-0008", "469.65"), ("R2026-0010", "265.70"))
]
REMINDER = {
    "number": "M2026-0001",
    "issued_on": date(2026, 8, 14),
    "currency": "CHF",
    "invoices": REMINDED,
    "total": Decimal("735.35"),
}


def flat(text: Text) -> str:
    return "\n".join((text.subject, *text.paragraphs)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "template", "values", "parts"),
    [
        ("fr", "service_due", DUE, ("« révision »", "9 mars 2026", f"Ascenseur A, {PLACE}", "021 555 01 20")),
        ("de", "service_due", DUE, ("«révision»", "9. März 2026", f"Ascenseur A, {PLACE}")),
        ("en", "service_due", DUE, ("“révision”", "9 March 2026", f"Ascenseur A, {PLACE}")),
        ("fr", "appointment", APPOINTMENT, ("mardi 7 avril 2026 à 08:20", PLACE, "A-12")),
        ("de", "appointment", APPOINTMENT, ("Dienstag, 7. April 2026 um 08:20 Uhr", PLACE, "A-12")),
        ("en", "appointment", APPOINTMENT, ("Tuesday 7 April 2026 at 08:20", PLACE, "A-12")),
        ("fr", "invoice", BILL, ("Facture R2026-0001", "2 janvier 2026", "CHF 1’234.50", "31 janvier 2026")),
        ("de", "invoice", BILL, ("Rechnung R2026-0001", "2. Januar 2026", "CHF 1’234.50", "31. Januar 2026")),
        ("en", "invoice", BILL, ("Invoice R2026-0001", "2 January 2026", "CHF 1’234.50", "31 January 2026")),
        ("fr", "credit_note", BILL, ("Note de crédit R2026-0001", "CHF 1’234.50 en votre faveur")),
        ("de", "credit_note", BILL, ("Gutschrift R2026-0001", "CHF 1’234.50 zu Ihren Gunsten")),
        ("en", "credit_note", BILL, ("Credit note R2026-0001", "CHF 1’234.50 in your favour")),
        ("fr", "reminder", REMINDER, ("les factures suivantes", "CHF 469.65", "CHF 265.70", "CHF 735.35")),
        ("de", "reminder", REMINDER, ("die folgenden Rechnungen", "CHF 469.65", "CHF 265.70", "CHF 735.35")),
        ("en", "reminder", REMINDER, ("the following invoices", "CHF 469.65", "CHF 265.70", "CHF 735.35")),
    ],
)
def test_a_text_names_what_matters(
    language: Language, template: str, values: dict[str, Any], parts: tuple[str, ...]
) -> None:
    text = compose(template, language, {**values, "letter": False}, None)
    assert text.language == language
    assert len(text.paragraphs) >= 3
    for part in parts:
        assert part in flat(text)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("template", ["invoice", "credit_note"])
def test_an_email_links_to_the_document_and_a_letter_encloses_it(language: Language, template: str) -> None:
    email = compose(template, language, {**BILL, "letter": False}, None)
    letter = compose(template, language, {**BILL, "letter": True}, "R2026-0001")
    assert str(BILL["link"]) in flat(email)
    assert email.enclosures == ()
    assert str(BILL["link"]) not in flat(letter)
    assert [enclosure.split()[-1] for enclosure in letter.enclosures] == ["R2026-0001"]
    assert letter.reference == "R2026-0001"


def test_one_overdue_invoice_is_one() -> None:
    text = compose("reminder", "fr", {**REMINDER, "invoices": REMINDED[:1]}, None)
    assert "la facture suivante est échue" in flat(text)


def test_a_name_is_written_as_it_is() -> None:
    assert "Lift <A> & B" in flat(compose("service_due", "en", {**DUE, "object": "Lift <A> & B"}, None))
