"""The documents of the demonstration year, as an accountant reads them."""

import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from pypdf import PdfReader

from carnet.invoicing.documents import Block, Document, DocumentRefused, Fee, Line, render, words
from carnet.invoicing.documents.model import Kind
from carnet.invoicing.documents.words import WORDS

YEAR = tomllib.loads((Path(__file__).parent / "test_documents_2026.toml").read_text("utf-8"), parse_float=Decimal)
PRINTED = {
    "R2026-0001": "840.00 240.00 1’080.00 87.48 1’167.48 +0.02 1’167.50 01.01.2026 30.06.2026 31.01.2026",
    "R2026-0005": "870.00 28.80 128.90 100 50 0.00 64.45 5.22 69.67 -0.02 69.65 963.25 1’027.70",
    "R2026-0006": "1’504.00 239.10 155.05 612.40 0.75 1’898.15 153.75 2’051.90 05.05.2026 12.05.2026 27.05.2026",
    "R2026-0008": "253.75 100.80 79.90 434.45 35.19 469.64 +0.01 469.65 1.75 MWST 22.07.2026",
    "G2026-0001": "R2026-0009 01.07.2026 159.13 12.89 172.02 -0.02 172.00 31.12.2026",
    "M2026-0001": "R2026-0008 469.65 R2026-0010 265.70 735.35 22.07.2026 05.08.2026",
}


def document(number: str, **changes: object) -> Document:
    facts = {**YEAR["documents"][number], **changes}
    recipient = YEAR["recipients"][facts.pop("to")]
    return Document.model_validate({"number": number, "supplier": YEAR["supplier"], "recipient": recipient, **facts})


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize("number", PRINTED)
def test_every_figure_of_the_demonstration_is_printed(number: str) -> None:
    (text,) = pages(render(document(number)))
    assert number in text
    assert [figure for figure in PRINTED[number].split() if figure not in text] == []


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("R2026-0001", "Facture R2026-0001"),
        ("R2026-0006", "Facture collective R2026-0006"),
        ("R2026-0008", "Rechnung R2026-0008"),
        ("G2026-0001", "Note de crédit G2026-0001"),
        ("M2026-0001", "Mahnung M2026-0001"),
    ],
)
def test_title_and_language_are_set_for_readers_of_every_kind(number: str, title: str) -> None:
    reader = PdfReader(BytesIO(render(document(number))))
    assert reader.metadata is not None
    assert reader.metadata.title == title
    assert str(reader.root_object["/Lang"]).startswith(document(number).language)
    assert "/StructTreeRoot" in reader.root_object


def test_the_post_goes_to_the_manager_in_care_of_whom_the_owner_is() -> None:
    (text,) = pages(render(document("R2026-0005")))
    assert "PPE Résidence du Parc\nc/o Régie Delacroix SA\nAv. de Rumine 20\n1005 Lausanne" in text


def test_a_swiss_vat_number_carries_the_word_of_the_language() -> None:
    assert "CHE-112.233.445 TVA" in pages(render(document("R2026-0001")))[0]
    assert "CHE-112.233.445 MWST" in pages(render(document("R2026-0008")))[0]


def test_english_too() -> None:
    (text,) = pages(render(document("R2026-0005", language="en")))
    for phrase in ("Invoice R2026-0005", "Total excl. VAT", "Your contract covers 963.25 of 1’027.70", "Receipt"):
        assert phrase in text


def test_every_word_has_its_three_languages_and_is_used() -> None:
    assert [key for key, translations in WORDS.items() if key != "flat" and not all(translations)] == []
    folder = Path(words.__file__).parent
    source = "".join((folder / name).read_text("utf-8") for name in ("view.py", "rows.py", "sheet.py", "document.typ"))
    spoken = {*re.findall(r"\w+", source), *get_args(Kind), "h", "km", "piece", "litre", "flat", "year"}
    assert WORDS.keys() - spoken == set()


def test_two_vat_rates_stand_on_two_lines() -> None:
    """R3: 600.00 at 7.7 % and 1800.00 at 8.1 %."""
    lines = [
        {"text": "Oct.-déc. 2023", "unit_price": 600, "list_amount": 600, "net": 600},
        {"text": "Janv.-sept. 2024", "unit_price": 1800, "list_amount": 1800, "net": 1800},
    ]
    vat = [
        {"rate_percent": "7.7", "net": 600, "vat": "46.20"},
        {"rate_percent": "8.1", "net": 1800, "vat": "145.80"},
    ]
    split = document("R2026-0001", blocks=[{"lines": lines}], vat=vat, net=2400, total=2592, rounding=0, payable=2592)
    (text,) = pages(render(split))
    for part in ("TVA 7.7 % sur 600.00", "46.20", "TVA 8.1 % sur 1’800.00", "145.80", "2’592.00"):
        assert part in text
    assert "Arrondi" not in text


def test_fees_of_a_reminder_are_listed_and_added() -> None:
    reminder = document("M2026-0001", fees=[Fee(text="Mahngebühr", amount=Decimal(20))], payable="755.35")
    (text,) = pages(render(reminder))
    assert "Mahngebühr" in text
    assert "755.35" in text


def sixty_lines(blocks: int) -> list[str]:
    line = Line(text="Contrôle", unit_price=Decimal(18), list_amount=Decimal(18), net=Decimal(18))
    orders = tuple(Block(title=f"F{n}", lines=(line,) * (60 // blocks)) for n in range(blocks))
    vat = [{"rate_percent": "8.1", "net": 1080, "vat": "87.48"}]
    return pages(render(document("R2026-0001", blocks=orders, vat=vat)))


def test_sixty_lines_take_a_second_page_with_the_head_repeated_and_the_payment_part_at_the_end() -> None:
    first, second = sixty_lines(blocks=3)
    assert first.count("Contrôle") + second.count("Contrôle") == 60
    assert "Désignation" in second
    assert "Page 1 / 2" in first
    assert "Page 2 / 2" in second
    assert "Section paiement" not in first
    assert second.index("Montant à payer") < second.index("Section paiement")


def test_a_payment_part_without_room_gets_a_page_of_its_own() -> None:
    _, second, third = sixty_lines(blocks=10)
    assert "Montant à payer" in second
    assert "Page 3 / 3" in third
    assert "Section paiement" in third


def test_the_same_document_gives_the_same_bytes_here_and_in_another_process() -> None:
    given = document("R2026-0006")
    again = (
        "import sys; from hashlib import sha256; from carnet.invoicing.documents import Document, render;"
        "print(sha256(render(Document.model_validate_json(sys.stdin.read()))).hexdigest())"
    )
    run = [sys.executable, "-c", again]
    other = subprocess.run(run, input=given.model_dump_json(), text=True, capture_output=True, check=True)
    assert render(given) == render(given)
    assert other.stdout.strip() == sha256(render(given)).hexdigest()


def test_threads_share_the_kept_compiler() -> None:
    numbers = [*PRINTED] * 2
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda number: render(document(number)), numbers))
    assert together == [render(document(number)) for number in numbers]


@pytest.mark.parametrize("number", ["G2026-0001", "M2026-0001"])
def test_credit_notes_and_reminders_carry_no_payment_part(number: str) -> None:
    (text,) = pages(render(document(number)))
    assert "Section paiement" not in text
    assert "Zahlteil\n" not in text


def test_the_creation_date_is_the_documents_date() -> None:
    metadata = PdfReader(BytesIO(render(document("R2026-0005")))).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("number", "changes", "sentence"),
    [
        ("R2026-0001", {"payable": "1167.48"}, "its payable says 1167.48, its parts make 1167.50"),
        ("R2026-0001", {"net": "1079.99"}, "its net says 1079.99, its parts make 1080.00"),
        ("R2026-0001", {"vat": []}, "its net by VAT rate says 0, its parts make 1080.00"),
        ("M2026-0001", {"payable": "469.65"}, "its payable says 469.65, its parts make 735.35"),
        ("G2026-0001", {"corrects": None}, "must name the invoice that it corrects"),
    ],
)
def test_a_document_that_does_not_add_up_is_refused(number: str, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        render(document(number, **changes))
