import subprocess
import sys
from datetime import date
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader

from carnet.kernel.documents.postal import Addressee, PostalAddress
from carnet.notifications.letters import Letter, LetterRefused, Sender, render

ROCHAT = Sender(
    name="Rochat Ascenseurs SA",
    address=PostalAddress(street="Rue de Genève", house_number="88", postcode="1004", town="Lausanne"),
    contact=("021 555 01 20",),
)
HOTEL = Addressee(
    name="Hôtel des Trois Tilleuls SA",
    address=PostalAddress(street="Grand-Rue", house_number="7", postcode="1260", town="Nyon"),
)
SERVICE_DUE = Letter(
    sender=ROCHAT,
    recipient=HOTEL,
    dated=date(2026, 3, 9),
    language="fr",
    subject="Révision de votre monte-plats",
    reference="C-2",
    paragraphs=(
        "Madame, Monsieur,",
        (
            "Selon votre abonnement C-2, la révision semestrielle de votre monte-plats est à faire. Nous vous prions"
            " de nous appeler pour fixer un rendez-vous."
        ),
        "Nous vous présentons, Madame, Monsieur, nos salutations les meilleures.",
    ),
    enclosures=("Bulletin de réponse",),
)
ABROAD = PostalAddress(street="Rue Haute", house_number="3", postcode="74200", town="Thonon", country="FR")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_the_letter_names_sender_recipient_date_and_subject() -> None:
    text = text_of(render(SERVICE_DUE))
    for part in ("Rochat Ascenseurs SA", "Grand-Rue 7", "1260 Nyon", "9 mars 2026", "C-2", "monte-plats"):
        assert part in text
    assert "Bulletin de réponse" in text


@pytest.mark.parametrize(
    ("language", "dated", "enclosures"),
    [("fr", "9 mars 2026", "Annexes"), ("de", "9. März 2026", "Beilagen"), ("en", "9 March 2026", "Enclosures")],
)
def test_the_letter_speaks_the_recipients_language(language: str, dated: str, enclosures: str) -> None:
    pdf = render(SERVICE_DUE.model_copy(update={"language": language}))
    assert dated in text_of(pdf)
    assert enclosures in text_of(pdf)
    assert str(PdfReader(BytesIO(pdf)).root_object["/Lang"]).startswith(language)


def test_the_same_letter_gives_the_same_bytes_in_another_process() -> None:
    again = (
        "import sys; from hashlib import sha256; from carnet.notifications.letters import Letter, render;"
        "print(sha256(render(Letter.model_validate_json(sys.stdin.read()))).hexdigest())"
    )
    run = [sys.executable, "-c", again]
    other = subprocess.run(run, input=SERVICE_DUE.model_dump_json(), text=True, capture_output=True, check=True)
    assert other.stdout.strip() == sha256(render(SERVICE_DUE)).hexdigest()


def test_a_long_letter_takes_a_second_page_and_says_so() -> None:
    pdf = render(SERVICE_DUE.model_copy(update={"paragraphs": SERVICE_DUE.paragraphs * 12}))
    assert len(PdfReader(BytesIO(pdf)).pages) == 2
    assert "Page 2 / 2" in text_of(pdf)


def test_a_country_stands_before_a_foreign_postcode() -> None:
    abroad = HOTEL.model_copy(update={"address": ABROAD})
    assert "FR-74200 Thonon" in text_of(render(SERVICE_DUE.model_copy(update={"recipient": abroad})))


def test_a_letter_without_an_address_is_refused() -> None:
    nowhere = SERVICE_DUE.model_copy(update={"recipient": HOTEL.model_copy(update={"address": None})})
    with pytest.raises(LetterRefused, match="Hôtel des Trois Tilleuls SA has no postal address"):
        render(nowhere)


def test_what_the_font_cannot_draw_is_a_question_mark() -> None:
    odd = SERVICE_DUE.model_copy(update={"paragraphs": ("Lift \N{ROCKET} \a\ue000\u6f22.",)})
    assert "Lift ? ???." in text_of(render(odd))


def test_a_letter_may_hold_any_character() -> None:
    every = [chr(n) for n in range(1, 0x3000)] + [chr(n) for n in (0xE000, 0xFEFF, 0xFFFD, 0x1F600, 0x10FFFF)]
    lines = tuple("".join(every[n : n + 200]) for n in range(0, len(every), 200))
    assert render(SERVICE_DUE.model_copy(update={"paragraphs": lines})).startswith(b"%PDF-")
