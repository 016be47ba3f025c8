"""The tax codes of sites and objects: they come before the article's, and after the debtor's (R3)."""

from fastapi import APIRouter

from carnet.invoicing.api.bodies import Body, Bookkeeper, TaxCodeFrom
from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.billing.taxing import refuse_unknown_codes
from carnet.invoicing.domain.place import TaxPlace
from carnet.invoicing.domain.tax import TaxCode, TaxCodes
from carnet.invoicing.streams import PLACES
from carnet.kernel.web.commands import Answer, Commands, RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(tags=["places"])


class PlaceTaxes(Body):
    """The codes of a site or an object and of all below it; none leaves it to the place above."""

    tax_codes: tuple[TaxCodeFrom, ...] = ()


@router.put("/places/{place_id}")
async def set_taxes(place_id: str, body: PlaceTaxes, commands: Commands, _: Bookkeeper) -> Answer:
    """Set the tax codes of a site or an object, whole."""
    refuse_unknown_codes(house(commands.runtime), (each.code for each in body.tax_codes))
    codes = tuple(TaxCode(**each.model_dump()) for each in body.tax_codes)
    return await commands.send(PLACES, place_id, TaxPlace(place_id=place_id, tax_codes=codes))


@router.get("/places/{place_id}")
async def get_taxes(place_id: str, runtime: RuntimeDep, _: Identified) -> TaxCodes:
    """Give the codes that were set for this very place."""
    return await runtime.state(PLACES, place_id)
