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

    firm_name: str = Field("Rochat Ascenseurs SA", min_length=1, max_length=70, description="who bills")
    firm_street: str = Field("Rue de Genève", description="of who bills")
    firm_house_number: str = Field("88", description="of who bills")
    firm_postcode: str = Field("1004", description="of who bills")
    firm_city: str = Field("Lausanne", description="of who bills")
    firm_country: str = Field("CH", description="of who bills")
    firm_vat_number: str = Field("CHE-112.233.445 TVA", min_length=1, description="of who bills")
    firm_account: str | None = Field("CH44 3199 9123 0008 8901 2", description="an IBAN or QR-IBAN; none: no QR-bill")

    vat: tuple[VatRate, ...] = Field(SWISS_VAT, description="JSON: the rates of the tax code standard, each from a day")
    vat_codes: dict[str, tuple[VatRate, ...]] = Field(
        default_factory=lambda: SWISS_CODES, description="JSON: those of other tax codes; Switzerland's"
    )
    chart: Chart = Field(Chart(), description="JSON: the accounts of the journal")
    payable_steps: dict[str, Decimal] = Field(
        default_factory=lambda: {"CHF": Decimal("0.05")}, description="JSON: the smallest coin by currency; 0.05 CHF"
    )
    labour_article: str = Field("labour", description="at whose price hours are billed")
    travel_article: str = Field("travel", description="at whose price kilometres are billed")
    billing_rule: BillingRule = Field(
        "at_once", description="at_once, after_approval or month_end, unless a debtor has terms"
    )
    approve_work: bool = Field(False, description="whether work is approved before it is billed, as above")
    travel_rule: TravelRule = Field("kilometre", description="kilometre, zone or flat: by what a journey is billed")
    travel_zones: tuple[Zone, ...] = Field((), description="JSON: the zones, where journeys are billed by them")
    travel_flat_article: str = Field("travel-flat", description="at whose price a journey is billed that has one price")
    minimum_charges: dict[str, Decimal] = Field(
        default_factory=dict, description="JSON: the least that work is billed at, net, by currency; none"
    )
    render_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="processes that render many documents; one a core",
    )

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
