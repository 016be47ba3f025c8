"""Which VAT rates a fee or a reported item bears: by debtor, place and article (R3)."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.tax import UNTAXED, ItemTax, TaxCodes, fee_table, item_tax
from carnet.invoicing.domain.terms import ContractTerms
from carnet.invoicing.domain.vat import STANDARD, VatRate
from carnet.invoicing.domain.work_lines import WorkItem
from carnet.invoicing.read_models import places
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.decider import Rejected
from carnet.kernel.runtime import Runtime

CodesAt: TypeAlias = Mapping[str, TaxCodes]
FeeRates: TypeAlias = tuple[tuple[VatRate, ...], dict[str, tuple[VatRate, ...]]]


def fee_rates(settings: InvoicingSettings, terms: ContractTerms, debtor: DebtorTerms, at: CodesAt) -> FeeRates:
    """Give the rates that a contract's fees bear, and those of positions whose place has codes of its own."""
    own = {each.position_id: codes for each in terms.positions if (codes := at.get(each.object_id or ""))}
    general = fee_table((), debtor.tax_codes, settings.rates)
    return general, {key: fee_table(codes, debtor.tax_codes, settings.rates) for key, codes in own.items()}


async def codes_of_contracts(runtime: Runtime, agreed: Iterable[ContractTerms | None]) -> CodesAt:
    """Give the tax codes of the places of all objects under contract, asked once a run."""
    positions = (position for terms in agreed if terms for position in terms.positions)
    return await codes_at(runtime, {position.object_id for position in positions if position.object_id})


async def codes_at(runtime: Runtime, objects: Iterable[str]) -> CodesAt:
    """Give the tax codes of the places where objects stand, by object, where there are some."""
    return await runtime.query(lambda session: places.tax_codes(session, objects))


async def item_taxes(
    runtime: Runtime, items: Iterable[WorkItem], codes: Mapping[str, str], debtor: DebtorTerms
) -> dict[str, ItemTax]:
    """Give what each item bears, by its id; `codes` are those of the articles, by item id."""
    listed = list(items)
    at = await codes_at(runtime, {item.object_id for item in listed if item.object_id})
    rates = house(runtime).rates
    return {
        item.item_id: item_tax(
            codes.get(item.item_id, STANDARD),
            at.get(item.object_id or "", ()),
            debtor.tax_codes,
            item.service_date,
            rates,
        )
        for item in listed
    }


def refuse_unknown_codes(settings: InvoicingSettings, codes: Iterable[str]) -> None:
    """Raise `Rejected` for a tax code that has no rates, before anybody is billed by it."""
    for code in codes:
        if code not in UNTAXED and not settings.rates.get(code):
            raise Rejected("Enter the VAT rates of the tax code {code} (CARNET_VAT_CODES): it has none.", code=code)
