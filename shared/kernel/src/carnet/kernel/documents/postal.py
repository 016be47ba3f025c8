"""A postal address in the fields that Swiss Post and the QR-bill (type S) ask for."""

from pydantic import BaseModel


class PostalAddress(BaseModel, frozen=True):
    """House number apart from the street; `country` is ISO 3166 alpha-2."""

    street: str = ""
    house_number: str = ""
    postcode: str
    town: str
    country: str = "CH"

    def lines(self) -> list[str]:
        """The printed lines below the name; the country stands before the postcode of a foreign address."""
        abroad = "" if self.country == "CH" else f"{self.country}-"
        street = f"{self.street} {self.house_number}".strip()
        return [line for line in (street, f"{abroad}{self.postcode} {self.town}".strip()) if line]


class Addressee(BaseModel, frozen=True):
    """Who a document is for: the debtor, care of whoever receives the post (R5)."""

    name: str
    care_of: str | None = None
    address: PostalAddress | None = None

    def lines(self) -> list[str]:
        care_of = [f"c/o {self.care_of}"] if self.care_of else []
        return [self.name, *care_of, *(self.address.lines() if self.address else [])]
