"""Letters on paper, for those who want no e-mail: a `Letter` goes in, a PDF comes out."""

from carnet.notifications.letters.model import Letter, LetterRefused, Sender
from carnet.notifications.letters.render import render

__all__ = ["Letter", "LetterRefused", "Sender", "render"]
