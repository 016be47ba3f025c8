"""Invoices, credit notes and reminders on paper: a `Document` goes in, a PDF comes out."""

from carnet.invoicing.documents.model import (
    Block,
    Document,
    DocumentRefused,
    Fee,
    Line,
    OpenInvoice,
    Origin,
    Period,
    Supplier,
    VatAmount,
)
from carnet.invoicing.documents.payment_part import payload
from carnet.invoicing.documents.render import render

__all__ = [
    "Block",
    "Document",
    "DocumentRefused",
    "Fee",
    "Line",
    "OpenInvoice",
    "Origin",
    "Period",
    "Supplier",
    "VatAmount",
    "payload",
    "render",
]
