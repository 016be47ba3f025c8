"""The few words that invoicing puts into a document before it is issued, in the customer's language."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from carnet.invoicing.documents.words import ORDER

WORDS: Final = MappingProxyType(
    {
        "contract": ("Contrat {}", "Vertrag {}", "Contract {}"),
        "fee_line": ("Redevance de maintenance", "Wartungspauschale", "Maintenance fee"),
        "licence_line": ("Redevance de licence", "Lizenzgebühr", "Licence fee"),
        "order": ("Intervention {}", "Auftrag {}", "Order {}"),
        "repair": ("Main-d’œuvre", "Arbeitszeit", "Labour"),
        "service": ("Main-d’œuvre", "Arbeitszeit", "Labour"),
        "travel_time": ("Temps de déplacement", "Wegzeit", "Travel time"),
        "km": ("Déplacement", "Anfahrt", "Travel"),
        "journey": ("Déplacement", "Anfahrt", "Travel"),
        "minimum": ("Complément au montant minimal", "Zuschlag zum Mindestbetrag", "Supplement to the minimum charge"),
        "visit": ("Visite", "Besuch", "Visit"),
        "expense": ("Frais", "Spesen", "Expenses"),
        "part": ("Pièce", "Ersatzteil", "Part"),
        "goodwill": ("Geste commercial : {}", "Kulanz: {}", "Goodwill: {}"),
        "fee": ("Frais de rappel", "Mahngebühr", "Reminder fee"),
        "interest": ("Intérêts moratoires", "Verzugszins", "Interest on arrears"),
        "compensation": ("Indemnité forfaitaire", "Pauschalentschädigung", "Flat compensation"),
        "E": ("Prestation exclue du champ de l’impôt.", "Von der Steuer ausgenommene Leistung.", "Exempt from VAT."),
        "AE": (
            "Autoliquidation\N{NARROW NO-BREAK SPACE}: la TVA est due par le destinataire.",
            "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).",
            "Reverse charge: VAT is to be paid by the recipient.",
        ),
        "G": ("Exportation exonérée de la TVA.", "Von der MWST befreite Ausfuhr.", "Export exempt from VAT."),
        "set_against": ("Avoir imputé", "Verrechnetes Guthaben", "Credit set against it"),
    }
)


def say(language: str, word: str, *values: object) -> str:
    """Give a word in a language, French where it is not one of ours."""
    return in_language(WORDS[word], language).format(*values)


def in_language(said: Sequence[str], language: str) -> str:
    """Give what is said in French, German and English in one of them, in French where it is none of ours."""
    return said[ORDER.index(language) if language in ORDER else 0]


def named(names: dict[str, str], language: str) -> str:
    """Give an article's name in a language, or in another that it has."""
    return names.get(language) or names.get("fr") or next(iter(names.values()), "")
