"""R10b: the QR-bill, from the payload of its code to what it refuses."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from carnet.invoicing.documents import (
    Block,
    Document,
    DocumentRefused,
    Line,
    Supplier,
    VatAmount,
    payload,
    payment_part,
    render,
)
from carnet.invoicing.documents.qr_code import Drawing, drawing
from carnet.kernel.documents.postal import Addressee, PostalAddress

QR_IBAN, IBAN = "CH4431999123000889012", "CH9300762011623852957"
QRR, SCOR = "000000000000000020260000071", "RF18539007547034"
ROCHAT = PostalAddress(street="Rue de Genève", house_number="88", postcode="1004", town="Lausanne")
RUMINE = PostalAddress(street="Av. de Rumine", house_number="20", postcode="1005", town="Lausanne")
PPE = Addressee(name="PPE Résidence du Parc", care_of="Régie Delacroix SA", address=RUMINE)
ADDED = Line(text="Supplément", unit_price=Decimal("255.25"), list_amount=Decimal("255.25"), net=Decimal("255.25"))
R1 = Document(
    kind="invoice",
    number="R2026-0007",
    issued=date(2026, 4, 15),
    due=date(2026, 5, 15),
    language="fr",
    supplier=Supplier(name="Rochat Ascenseurs SA", address=ROCHAT, vat_number="CHE-112.233.445 TVA", account=QR_IBAN),
    recipient=PPE,
    blocks=(Block(lines=(ADDED,)),),
    vat=(VatAmount(rate_percent=Decimal("8.1"), net=Decimal("255.25"), vat=Decimal("20.68")),),
    net=Decimal("255.25"),
    total=Decimal("275.93"),
    rounding=Decimal("0.02"),
    payable=Decimal("275.95"),
    reference=QRR,
)


def text_of(document: Document) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(render(document))).pages)


def with_account(account: str | None, reference: str | None) -> Document:
    supplier = R1.supplier.model_copy(update={"account": account})
    return R1.model_copy(update={"supplier": supplier, "reference": reference})


def owed_by(recipient: Addressee) -> Document:
    return R1.model_copy(update={"recipient": recipient})


def test_the_code_carries_payable_reference_and_structured_addresses() -> None:
    assert payload(R1).split("\r\n") == [
        *("SPC", "0200", "1", QR_IBAN),
        *("S", "Rochat Ascenseurs SA", "Rue de Genève", "88", "1004", "Lausanne", "CH"),
        *("",) * 7,
        *("275.95", "CHF"),
        *("S", "PPE Résidence du Parc, c/o Régie Delacroix SA", "Av. de Rumine", "20", "1005", "Lausanne", "CH"),
        *("QRR", QRR, "R2026-0007", "EPD"),
    ]


def test_the_payment_part_is_in_the_customers_language() -> None:
    parts = {"fr": "Section paiement", "de": "Zahlteil", "en": "Payment part"}
    for language, title in parts.items():
        assert title in text_of(R1.model_copy(update={"language": language}))


def test_the_payment_part_stands_on_the_foot_of_the_page() -> None:
    """Its titles' baseline is 10 mm below its upper edge, and that edge 105 mm above the foot."""
    baselines: dict[int, str] = {}

    def note(text: str, ctm: list[float], *_: object) -> None:
        height = round(ctm[5] / 72 * 25.4)
        baselines[height] = baselines.get(height, "") + text

    PdfReader(BytesIO(render(R1))).pages[-1].extract_text(visitor_text=note)
    assert "Récépissé" in baselines[95]


@pytest.mark.parametrize(
    ("account", "reference", "kind"), [(QR_IBAN, QRR, "QRR"), (IBAN, SCOR, "SCOR"), (IBAN, None, "NON")]
)
def test_an_account_goes_with_its_kind_of_reference(account: str, reference: str | None, kind: str) -> None:
    assert payload(with_account(account, reference)).split("\r\n")[27] == kind


@pytest.mark.parametrize(
    "unbilled",
    [
        R1.model_copy(update={"payable": Decimal(0), "rounding": Decimal("-275.93")}),
        R1.model_copy(update={"currency": "USD"}),
        with_account(None, None),
    ],
)
def test_nothing_to_pay_another_currency_or_no_account_means_no_payment_part(unbilled: Document) -> None:
    assert "Section paiement" not in text_of(unbilled)


def test_euros_may_be_paid_so() -> None:
    assert "EUR" in payload(R1.model_copy(update={"currency": "EUR"})).split("\r\n")


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        (with_account(QR_IBAN, QRR[:-1] + "2"), "fails its check digit"),
        (with_account(QR_IBAN, QRR[1:]), "fails its check digit"),
        (with_account(IBAN, "RF19539007547034"), "fails its check digit"),
        (with_account(QR_IBAN, None), "QR-IBAN requires a QRR"),
        (with_account(IBAN, QRR), "only allowed for a QR-IBAN"),
        (with_account("CH4431999123000889013", QRR), "no valid IBAN"),
        (owed_by(Addressee(name="PPE du Lac")), "PPE du Lac has no complete postal address"),
        (
            owed_by(PPE.model_copy(update={"address": PostalAddress(postcode="", town="Nyon")})),
            "give postcode and town",
        ),
        (owed_by(PPE.model_copy(update={"name": "P" * 71})), "between 1 and 70 characters"),
    ],
)
def test_a_bill_that_a_bank_would_return_is_refused(refused: Document, sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        render(refused)


def test_the_code_is_drawn_from_that_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []

    def noted(data: str) -> Drawing:
        encoded.append(data)
        return drawing(data)

    monkeypatch.setattr(payment_part, "drawing", noted)
    render(R1)
    assert encoded == [payload(R1)]
