"""A sentence for a person: its English text, and apart what it is made of, so that a page can translate it."""

from collections.abc import Mapping
from typing import Self


class Sentence(str):  # noqa: SLOT000 (it carries what it is made of)
    """`Sentence("Order {number} was cancelled.", number="26-1")` is the English text.

    Values are days, Decimals, whole numbers and names; a Sentence among them is translated in its turn.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made


class Refusal(Exception):
    """What is refused, with a sentence for the person: `str(refusal)` stays a Sentence, in English."""

    def __init__(self, template: str, /, **values: object) -> None:
        self.sentence = template if isinstance(template, Sentence) else Sentence(template, **values)
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return self.sentence
