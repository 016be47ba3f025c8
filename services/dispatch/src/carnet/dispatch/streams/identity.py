"""Ids that follow from what people call a thing, so that it exists once (promise 7)."""

from datetime import date
from uuid import uuid4

from carnet.kernel.because import Because, derived_id


def technician_id(number: str) -> str:
    """Give the id of the technician with this number."""
    return str(derived_id("technician", number))


def equipment_id(number: str) -> str:
    """Give the id of the piece of equipment with this number."""
    return str(derived_id("equipment", number))


def order_of_occurrence(occurrence_id: str) -> str:
    """Give the id of the one order that a due service becomes."""
    return str(derived_id("order", occurrence_id))


def report_id(order_id: str, technician_id: str, day: date) -> str:
    """Give the id of a technician's report of a day on an order."""
    return str(derived_id("report", order_id, technician_id, day))


def absence_id(sender_id: str) -> str:
    """Give the id of the absence that its sender calls so."""
    return str(derived_id("absence", sender_id))


def visit_id(order_id: str, because: Because) -> str:
    """Give the id of the visit that a request plans: the same when it comes again with its key."""
    return str(derived_id("visit", order_id, because.key, because.body_hash) if because.key else uuid4())
