"""The reference by which a payment finds its invoice: QRR for a QR-IBAN, SCOR for an IBAN (R10b)."""

from typing import Literal, TypeAlias

from carnet.kernel.decider import Rejected

Scheme: TypeAlias = Literal["QRR", "SCOR"]
CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)  # the table of "modulo 10, recursive"
QR_INSTITUTIONS = range(30000, 32000)  # the bank numbers (IID) of QR-IBANs


def scheme(account: str) -> Scheme:
    """QRR for a QR-IBAN, else SCOR; spaces in the account are ignored."""
    institution = account.replace(" ", "")[4:9]
    return "QRR" if institution.isdigit() and int(institution) in QR_INSTITUTIONS else "SCOR"


def reference(account: str, year: int, sequence: int) -> str:
    """The reference of the invoice with that sequence in its year's series."""
    digits = f"{year}{sequence:06d}"
    return qrr(digits) if scheme(account) == "QRR" else scor(digits)


def qrr(digits: str) -> str:
    """26 digits, filled from the left with zeros, and the check digit modulo 10, recursive."""
    carry = 0
    for digit in digits:
        carry = CARRY[(carry + int(digit)) % 10]
    return f"{digits:0>26}{(10 - carry) % 10}"


def scor(text: str) -> str:
    """RF, two check digits modulo 97 (ISO 11649), and the text."""
    number = "".join(str(int(character, 36)) for character in f"{text}RF00")
    return f"RF{98 - int(number) % 97:02d}{text}"


def checked(typed: str) -> str:
    """Give a reference as it is kept, without spaces; raises Rejected for one that is none or fails its check digit."""
    plain = "".join(typed.split()).upper()
    if not plain.isascii() or not (_is_qrr(plain) or _is_scor(plain)):
        raise Rejected("Type the reference as the payment part has it: 27 digits, or RF and what follows.")
    again = scor(plain[4:]) if _is_scor(plain) else qrr(plain[:-1])
    if again != plain:
        raise Rejected("Compare the reference with the payment part and type it again: its check digit is wrong.")
    return plain


def _is_qrr(plain: str) -> bool:
    return len(plain) == 27 and plain.isdigit()


def _is_scor(plain: str) -> bool:
    return plain.startswith("RF") and plain.isalnum() and plain[2:4].isdigit() and 5 <= len(plain) <= 25
