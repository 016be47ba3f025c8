"""A letter as the template wants it: strings, in the recipient's language, ready to be placed."""

from babel.dates import format_date

from carnet.notifications.letters.model import Language, Letter

Row = dict[str, object]

LOCALE: dict[Language, str] = {"fr": "fr_CH", "de": "de_CH", "en": "en_GB"}

WORDS: dict[Language, dict[str, str]] = {
    "fr": {"date": "Date", "reference": "Notre référence", "enclosures": "Annexes\N{NO-BREAK SPACE}:", "page": "Page"},
    "de": {"date": "Datum", "reference": "Unsere Referenz", "enclosures": "Beilagen:", "page": "Seite"},
    "en": {"date": "Date", "reference": "Our reference", "enclosures": "Enclosures:", "page": "Page"},
}


def view(letter: Letter) -> Row:
    """JSON-ready data for `letter.typ`."""
    word = WORDS[letter.language]
    return {
        "sheet": _sheet(letter, word),
        "paragraphs": list(letter.paragraphs),
        "enclosures": [word["enclosures"], list(letter.enclosures)],
    }


def _sheet(letter: Letter, word: dict[str, str]) -> Row:
    sender = letter.sender
    return {
        "title": letter.subject,
        "language": letter.language,
        "page": word["page"],
        "sender": {
            "name": sender.name,
            "lines": [*sender.address.lines(), *sender.contact],
            "foot": [sender.name, *sender.address.lines()],
        },
        "recipient": letter.recipient.lines(),
        "facts": _facts(letter, word),
        "foot_taken": False,
    }


def _facts(letter: Letter, word: dict[str, str]) -> list[list[str]]:
    dated = format_date(letter.dated, "long", locale=LOCALE[letter.language])
    reference = [[word["reference"], letter.reference]] if letter.reference else []
    return [[word["date"], dated], *reference]
