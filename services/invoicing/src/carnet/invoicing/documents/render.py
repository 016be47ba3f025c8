"""From a document to its PDF."""

from pathlib import Path

from carnet.invoicing.documents.checks import check
from carnet.invoicing.documents.model import Document, DocumentRefused
from carnet.invoicing.documents.view import view
from carnet.kernel.documents.typeset import NotTypeset, Typesetter

TYPESETTER = Typesetter(Path(__file__).parent / "document.typ")


def render(document: Document) -> bytes:
    """The PDF of a document, archivable (PDF/A-3b), tagged, and the same bytes for the same document.

    Raises `DocumentRefused` when amounts do not add up (R10), a credit note names no invoice, a QR-bill lacks an
    address or a valid reference, or the template fails.
    """
    check(document)
    try:
        return TYPESETTER.pdf(view(document), document.issued)
    except NotTypeset as error:
        raise DocumentRefused(f"{document.number} cannot be typeset: {error}.") from error
