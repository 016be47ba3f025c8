"""Which article stands for the way to an order's object: none by kilometre, else that of its zone or the flat one."""

from carnet.invoicing.billing.letterhead import house
from carnet.invoicing.domain.debtor import DebtorTerms
from carnet.invoicing.domain.order_facts import Known
from carnet.invoicing.domain.travel import is_travel, zone_of
from carnet.invoicing.read_models import nodes
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime


async def journey_of(runtime: Runtime, known: Known, terms: DebtorTerms) -> str | None:
    """Give it; raises NotYet where the site has no zone. An internal order bears what was driven."""
    rule = terms.travel or house(runtime).travel_rule
    driven = any(is_travel(item) for item in known.billed_items())
    if not driven or known.order is None or known.order.internal or rule == "kilometre":
        return None
    if rule == "flat":
        return house(runtime).travel_flat_article
    return await zone_article(runtime, known.order.object_id)


async def zone_article(runtime: Runtime, object_id: str | None) -> str:
    place = await runtime.query(lambda session: nodes.postcode_of(session, object_id))
    if place is None:
        raise NotYet(f"Enter the postcode of the site of object {object_id}: travel is billed by its zone.")
    zone = zone_of(house(runtime).travel_zones, *place)
    if zone is None:
        raise NotYet(f"Put the postcode {' '.join(place)} into a zone (CARNET_TRAVEL_ZONES): travel is billed by zone.")
    return zone.article
