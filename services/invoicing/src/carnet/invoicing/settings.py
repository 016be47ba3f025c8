"""What invoicing adds to the settings of every service: who bills, at which VAT rates, and to which coin."""

import os
from datetime import date
from decimal import Decimal

from pydantic import Field, field_validator
from stdnum import iban

from carnet.invoicing.domain.chart import Chart
from carnet.invoicing.domain.document import Address, Supplier
from carnet.invoicing.domain.money import CENT
from carnet.invoicing.domain.order_facts import BillingRule
from carnet.invoicing.domain.travel import TravelRule, Zone
from carnet.invoicing.domain.vat import STANDARD, VatRate
from carnet.kernel.settings import ServiceSettings

SWISS_VAT = (
    VatRate(valid_from=date(2018, 1, 1), rate=Decimal("7.7")),
    VatRate(valid_from=date(2024, 1, 1), rate=Decimal("8.1")),
)

SWISS_CODES: dict[str, tuple[VatRate, ...]] = {
    "reduced": (
        VatRate(valid_from=date(2018, 1, 1), rate=Decimal("2.5"), code="reduced"),
        VatRate(valid_from=date(2024, 1, 1), rate=Decimal("2.6"), code="reduced"),
    ),
    "lodging": (
        VatRate(valid_from=date(2018, 1, 1), rate=Decimal("3.7"), code="lodging"),
        VatRate(valid_from=date(2024, 1, 1), rate=Decimal("3.8"), code="lodging"),
    ),
}


class InvoicingSettings(ServiceSettings):
    """Each field is CARNET_<NAME> in the environment; `vat`, `vat_codes`, `payable_steps`, `travel_zones` and
    `minimum_charges` (net, by currency) are JSON.

    `vat` are the rates of the tax code `standard`, `vat_codes` those of others; `exempt`, `reverse_charge` and
    `export` bear none.

    Hours are billed at the price of `labour_article`, kilometres at that of `travel_article`, unless a report names
    another article. Work is billed by `billing_rule`, and approved first with `approve_work`, unless a debtor's terms
    say otherwise. Where there are many documents, up to `render_workers` processes render them: one a core.
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
    vat_codes: dict[str, tuple[VatRate, ...]] = Field(default_factory=lambda: SWISS_CODES)
    chart: Chart = Chart()
    payable_steps: dict[str, Decimal] = Field(default_factory=lambda: {"CHF": Decimal("0.05")})
    labour_article: str = "labour"
    travel_article: str = "travel"
    billing_rule: BillingRule = "at_once"
    approve_work: bool = False
    travel_rule: TravelRule = "kilometre"
    travel_zones: tuple[Zone, ...] = ()
    travel_flat_article: str = "travel-flat"
    minimum_charges: dict[str, Decimal] = Field(default_factory=dict)
    render_workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)

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

    @property
    def rates(self) -> dict[str, tuple[VatRate, ...]]:
        """Give the VAT rates by tax code (R3)."""
        return {**self.vat_codes, STANDARD: self.vat}

    def step(self, currency: str) -> Decimal:
        """Give the smallest payable unit of a currency."""
        return self.payable_steps.get(currency, CENT)
