"""Sentences in a person's language: templates by gettext, days and amounts as the pages write them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from carnet.kernel.sentence import Sentence


def speaker(translate: Callable[[str], str], formats: Mapping[str, Callable[..., str]]) -> Callable[[str], str]:
    """Give the filter that says a sentence in one language; what it gives is still to be escaped."""

    def say(sentence: str) -> str:
        if isinstance(sentence, Sentence) and sentence.values:
            values = {name: shown(value) for name, value in sentence.values.items()}
            return translate(sentence.template).format(**values)
        return translate(sentence)

    def shown(value: Any) -> str:
        match value:
            case Sentence():
                return say(value)
            case date():
                return formats["date"](value)
            case Decimal():
                return formats["number"](value, decimals(value))
            case _:
                return str(value)

    return say


def decimals(value: Decimal) -> int:
    """Give how exactly a finite number was said: 2 of 12.50."""
    return max(0, -int(value.as_tuple().exponent))
