"""Text as it is searched: small letters without accents, words of letters and digits alone."""

import re
import unicodedata
from functools import lru_cache

SEPARATORS = re.compile(r"[\W_]+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Give the words of a text for searching: `Ch. des Fleurettes 12` is `ch des fleurettes 12`."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return SEPARATORS.sub(" ", text.casefold()).strip()


def folded(*texts: str | None) -> str:
    """Give the words of several texts."""
    return " ".join(fold(text) for text in texts if text)
