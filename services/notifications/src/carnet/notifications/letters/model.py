"""What stands in a letter; the texts are already in the recipient's language."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

from carnet.kernel.documents.postal import Addressee, PostalAddress

Language: TypeAlias = Literal["fr", "de", "en"]


class LetterRefused(ValueError):
    """A letter that cannot be posted, with a sentence that says what to put right."""


class Sender(BaseModel, frozen=True):
    name: str
    address: PostalAddress
    contact: tuple[str, ...] = ()


class Letter(BaseModel, frozen=True):
    """`paragraphs` include the salutation and the closing words; `enclosures` are named at the foot."""

    sender: Sender
    recipient: Addressee
    dated: date
    language: Language
    subject: str
    paragraphs: tuple[str, ...]
    reference: str | None = None
    enclosures: tuple[str, ...] = ()
