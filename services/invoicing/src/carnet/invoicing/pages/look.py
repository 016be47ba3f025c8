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
COMPARED: Final = {
    "new": told("Billed for the first time"),
    "same": told("As last time"),
    "changed": told("Another amount"),
    "gone": told("Nothing any more"),
}
CHANGES: Final = {
    "signed": told("Signed"),
    "amended": told("Amended"),
    "renewed": told("Renewed"),
    "terminated": told("Terminated"),
}
UNBILLED: Final = {
    "covered": told("Nothing is billed: the contract or the warranty bears all of it."),
    "cancelled": told("Nothing is billed: the order was cancelled."),
    "internal": told("Nothing is billed: it is an internal order, and bears its cost."),
}
RULES: Final = {
    "at_once": told("At once, an invoice for each order"),
    "after_approval": told("After the office has approved the work"),
    "month_end": told("Collected on one invoice, at the cut-off date"),
}
CHANNELS: Final = {"email": told("By e-mail"), "letter": told("By letter")}
LANGUAGES: Final = {"fr": told("French"), "de": told("German"), "en": told("English")}
TRAVELS: Final = {
    "": told("As the house does"),
    "kilometre": told("By kilometre and hour, as reported"),
    "zone": told("By the zone of the site"),
    "flat": told("At a flat price"),
}
TAX_CODES: Final = {
    "standard": told("Standard rate"),
    "reduced": told("Reduced rate"),
    "lodging": told("Rate for lodging"),
    "exempt": told("Exempt from VAT"),
    "reverse_charge": told("Reverse charge"),
    "export": told("Export"),
}
ARTICLE_KINDS: Final = {
    "labour": told("Labour"),
    "travel": told("Travel"),
    "part": told("Part"),
    "expense": told("Expense"),
    "fee": told("Fee"),
}
HOLDS: Final = {"disputed": told("Disputed"), "parked": told("Parked")}
WORDS: Final[dict[str, Any]] = {
    "kinds": KINDS,
    "states": STATES,
    "borne": BORNE,
    "unbilled": UNBILLED,
    "sources": SOURCES,
    "compared": COMPARED,
    "changes": CHANGES,
    "rules": RULES,
    "channels": CHANNELS,
    "spoken": LANGUAGES,
    "travels": TRAVELS,
    "tax_words": TAX_CODES,
    "holds": HOLDS,
    "article_kinds": ARTICLE_KINDS,
}
