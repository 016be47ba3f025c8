"""The payment part of the Swiss QR-bill: structured addresses, a checked reference, the payable amount (R10b)."""

from collections.abc import Callable
from io import StringIO
from typing import Protocol

from qrbill.bill import QRBill
from stdnum import iban, iso11649
from stdnum.ch import esr

from carnet.invoicing.documents.model import Document, DocumentRefused
from carnet.invoicing.documents.qr_code import Drawing, drawing
from carnet.kernel.documents.postal import PostalAddress

NAME_LIMIT = 70  # of the Swiss implementation guidelines, as is the length of a QRR
TITLE_SIZE = ('font-size="12"', 'font-size="13.75"')  # qrbill draws its two titles at 9.6 pt, they must be 11 pt


class SwissBill(Protocol):
    """What is used of qrbill, which has no types of its own."""

    font_family: str
    qr_image: Callable[[], Drawing]

    def as_svg(self, file_out: StringIO) -> None: ...
    def qr_data(self) -> str: ...


DRAW: Callable[..., SwissBill] = QRBill


def payment_part(document: Document) -> str:
    """The payment part as an SVG of 210 x 106 mm: 105 mm and the scissors above its line."""
    drawn = StringIO()
    _bill(document).as_svg(drawn)
    return drawn.getvalue().replace(*TITLE_SIZE)


def payload(document: Document) -> str:
    """The text inside the QR code, its lines ended as the guidelines ask (CR LF)."""
    return _bill(document).qr_data()


def _bill(document: Document) -> SwissBill:
    _check_account(document)
    _check_reference(document)
    try:
        bill = DRAW(
            account=document.supplier.account,
            creditor=_party(document.supplier.name, document.supplier.address),
            debtor=_party(_debtor_name(document), _debtor_address(document)),
            amount=f"{document.payable:.2f}",
            currency=document.currency,
            reference_number=document.reference,
            additional_information=document.number,
            language=document.language,
        )
    except ValueError as refusal:
        raise DocumentRefused(f"{document.number} can have no QR-bill: {refusal}.") from refusal
    bill.font_family = "Arimo"  # the outlines of Liberation Sans, one of the four permitted
    bill.qr_image = lambda: drawing(bill.qr_data())
    return bill


def _check_account(document: Document) -> None:
    account = document.supplier.account or ""
    if not iban.is_valid(account):
        raise DocumentRefused(f"The account {account} of {document.supplier.name} is no valid IBAN.")


def _check_reference(document: Document) -> None:
    """A QRR has 27 digits, the last one a check digit; a SCOR begins with RF (ISO 11649)."""
    reference = document.reference
    if reference is None:
        return
    compact = reference.replace(" ", "")
    scor = compact.upper().startswith("RF")
    if not (iso11649.is_valid(compact) if scor else len(compact) == 27 and esr.is_valid(compact)):
        raise DocumentRefused(f"The payment reference {reference} of {document.number} fails its check digit.")


def _debtor_name(document: Document) -> str:
    """The debtor, with who receives the post where both fit: the address is the latter's (R5)."""
    debtor = document.recipient
    whole = f"{debtor.name}, c/o {debtor.care_of}" if debtor.care_of else debtor.name
    return whole if len(whole) <= NAME_LIMIT else debtor.name


def _debtor_address(document: Document) -> PostalAddress:
    address = document.recipient.address
    if address is None or not address.postcode or not address.town:
        raise DocumentRefused(
            f"{document.recipient.name} has no complete postal address, which the QR-bill of "
            f"{document.number} needs: give postcode and town."
        )
    return address


def _party(name: str, address: PostalAddress) -> dict[str, str]:
    return {
        "name": name,
        "street": address.street,
        "house_num": address.house_number,
        "pcode": address.postcode,
        "city": address.town,
        "country": address.country,
    }
