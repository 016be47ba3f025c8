"""A sentence is English wherever it is text, and on a page in the person's language, its values too."""

from datetime import date
from decimal import Decimal

import pytest

from carnet.kernel.decider import Rejected
from carnet.kernel.sentence import Sentence
from carnet.kernel.web.pages import formats
from carnet.kernel.web.sentences import speaker

TEXTS = {
    "Pay {amount} by {day}.": "Payez {amount} jusqu’au {day}.",
    "{what} is missing.": "Il manque {what}.",
    "the price of {name}": "le prix de {name}",
}
french = speaker(lambda text: TEXTS.get(text, text), formats("fr_CH"))


@pytest.mark.parametrize(
    ("refusal", "english", "translated"),
    [
        (
            Rejected("Pay {amount} by {day}.", amount=Decimal("1250.50"), day=date(2026, 3, 5)),
            "Pay 1250.50 by 2026-03-05.",
            "Payez 1’250.50 jusqu’au 5 mars 2026.",
        ),
        (
            Rejected("{what} is missing.", what=Sentence("the price of {name}", name="the price of {name}")),
            "the price of the price of {name} is missing.",
            "Il manque le prix de the price of {name}.",
        ),
        (Rejected("Braces {as} they are."), "Braces {as} they are.", "Braces {as} they are."),
        (Rejected("Nobody {did} it: {count}.", did="has", count=1000), "Nobody has it: 1000.", "Nobody has it: 1000."),
    ],
)
def test_a_refusal_is_said_in_both_languages(refusal: Rejected, english: str, translated: str) -> None:
    assert str(refusal) == english
    assert french(str(refusal)) == translated


def test_a_refusal_that_repeats_another_keeps_its_values() -> None:
    first = Rejected("{what} is missing.", what=Sentence("the price of {name}", name="a door"))
    assert french(str(Rejected(str(first)).at("price"))) == "Il manque le prix de a door."
