"""What all pages of invoicing share: templates, and the words for kinds and states."""

from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.pages import Pages

Bookkeeper: TypeAlias = Annotated[Person, require("bookkeeper")]

PAGES: Final = Pages("invoicing", Path(__file__).parent)
KINDS: Final = {
    "invoice": told("Invoice"),
    "collective_invoice": told("Collective invoice"),
    "credit_note": told("Credit note"),
    "reminder": told("Reminder"),
}
STATES: Final = {
    "open": (told("Open"), "due"),
    "settled": (told("Paid"), "good"),
    "voided": (told("Voided"), "late"),
    "": ("", ""),
}
BORNE: Final = {
    "contract": told("The contract bears a part"),
    "warranty": told("Warranty"),
    "price_list": told("Price list"),
}
SOURCES: Final = {
    "invoice": told("Invoice"),
    "credit_note": told("Credit note"),
    "void": told("Void of"),
    "payment": told("Payment"),
    "reminder": told("Charges of a reminder"),
    "release": told("Earned of"),
}
WORDS: Final[dict[str, Any]] = {"kinds": KINDS, "states": STATES, "borne": BORNE, "sources": SOURCES}
