"""From a letter to its PDF."""

from pathlib import Path

from carnet.kernel.documents.typeset import Typesetter
from carnet.notifications.letters.model import Letter, LetterRefused
from carnet.notifications.letters.view import view

TYPESETTER = Typesetter(Path(__file__).parent / "letter.typ")


def render(letter: Letter) -> bytes:
    """The PDF of a letter, archivable (PDF/A-3b), tagged, and the same bytes for the same letter.

    Raises `LetterRefused` when the recipient has no postal address.
    """
    if letter.recipient.address is None:
        raise LetterRefused(
            f"{letter.recipient.name} has no postal address: give one, or choose e-mail as the channel."
        )
    return TYPESETTER.pdf(view(letter), letter.dated)
