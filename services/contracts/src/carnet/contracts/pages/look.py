"""What all pages of contracts share: their templates, and a word with its tone for each state."""

from pathlib import Path
from typing import Annotated, Any, Final

from carnet.kernel.web.answer import told
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.pages import Pages

PAGES: Final = Pages("contracts", Path(__file__).parent)
Planner = Annotated[Person, require("planner")]
Seller = Annotated[Person, require("planner", "bookkeeper")]

WORDS: Final[dict[str, Any]] = {
    "kinds": {
        "maintenance": told("Maintenance"),
        "subscription": told("Subscription"),
        "licence": told("Licence"),
    },
    "states": {
        "promised": (told("promised"), ""),
        "open": (told("open"), "due"),
        "done": (told("done"), "good"),
        "skipped": (told("skipped"), ""),
        "excused": (told("excused"), ""),
    },
    "reaction_states": {
        "running": (told("running"), "due"),
        "paused": (told("paused"), ""),
        "kept": (told("kept"), "good"),
        "missed": (told("missed"), "late"),
        "withdrawn": (told("withdrawn"), ""),
    },
    "covers": {
        "maintenance": told("planned visits"),
        "subscription": told("subscribed visits"),
        "fault": told("faults"),
        "internal": told("internal orders"),
    },
    "offer_states": {
        "standing": (told("standing"), "due"),
        "declined": (told("declined"), "late"),
        "withdrawn": (told("withdrawn"), ""),
        "lapsed": (told("lapsed"), "late"),
    },
    "priorities": {
        "normal": told("normal"),
        "urgent": told("urgent"),
        "trapped": told("person trapped"),
    },
    "changes": {
        "add": told("Add a position"),
        "remove": told("Remove a position"),
        "reprice": told("Another fee"),
        "reprice_visit": told("Another price per visit"),
        "cycles": told("Other services"),
        "coverage": told("Another coverage"),
        "notice": told("Another notice"),
        "suspend": told("Suspend"),
        "resume": told("Let it run again"),
    },
    "whats": {
        "signed": told("signed"),
        "amended": told("amended"),
        "extended": told("extended"),
        "renewed": told("renewed"),
        "renewed tacitly": told("renewed tacitly"),
        "terminated": told("terminated"),
        "offered": told("offered"),
        "offer revised": told("offer revised"),
        "offer declined": told("offer declined"),
        "offer withdrawn": told("offer withdrawn"),
        "offer lapsed": told("offer lapsed"),
    },
}
