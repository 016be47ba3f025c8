"""Where post and technicians go: a structured address (QR-bill type S)."""

from pydantic import BaseModel


class Address(BaseModel, frozen=True):
    """`care_of` is who receives the post for the addressee: the property manager (S86)."""

    street: str
    house_number: str = ""
    postcode: str = ""
    city: str
    country: str = "CH"
    care_of: str | None = None
