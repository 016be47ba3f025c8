"""What invoicing adds to the settings of every service: who bills, at which VAT rates, and to which coin."""

from datetime import date
from decimal import Decimal

from pydantic import Field, field_validator
from stdnum import iban

from carnet.invoicing.domain.document import Address, Supplier
from carnet.invoicing.domain.money import CENT
from carnet.invoicing.domain.vat import VatRate
from carnet.kernel.settings import ServiceSettings

SWISS_VAT = (
    VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
    VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),
)


class InvoicingSettings(ServiceSettings):
    """Each field is CARNET_<NAME> in the environment; `vat` and `payable_steps` are JSON.

    Hours are billed at the price of `labour_article`, kilometres at that of `travel_article`, unless a report names
    another article.
    """

    firm_name: str = Field("Rochat Ascenseurs SA", min_length=1, max_length=70)
    firm_street: str = "Rue de Genève"
    firm_house_number: str = "88"
    firm_postcode: str = "1004"
    firm_city: str = "Lausanne"
    firm_country: str = "CH"
    firm_vat_number: str = Field("CHE-112.233.445 TVA", min_length=1)
    firm_account: str | None = "CH44 3199 9123 0008 8901 2"

    vat: tuple[VatRate, ...] = SWISS_VAT
    payable_steps: dict[str, Decimal] = Field(default_factory=lambda: {"CHF": Decimal("0.05")})
    labour_article: str = "labour"
    travel_article: str = "travel"

    @field_validator("firm_account")
    @classmethod
    def is_an_iban(cls, account: str | None) -> str | None:
        if account is not None and not iban.is_valid(account):
            raise ValueError(f"{account} is no valid IBAN")
        return account

    @property
    def supplier(self) -> Supplier:
        address = Address(
            street=self.firm_street,
            house_number=self.firm_house_number,
            postcode=self.firm_postcode,
            town=self.firm_city,
            country=self.firm_country,
        )
        return Supplier(
            name=self.firm_name, address=address, vat_number=self.firm_vat_number, account=self.firm_account
        )

    def step(self, currency: str) -> Decimal:
        """Give the smallest payable unit of a currency."""
        return self.payable_steps.get(currency, CENT)
