"""At the cut-off date the orders of a debtor that agree in every grouping key go onto one invoice (R5)."""

from collections.abc import Sequence
from datetime import date

from carnet.invoicing.billing.letterhead import Letterhead, house, letterhead
from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.collective import Candidate, GroupingKey, GroupOrders, OrdersGrouped
from carnet.invoicing.domain.tax import code_on
from carnet.invoicing.read_models import nodes
from carnet.invoicing.read_models.claims import ClaimRow
from carnet.invoicing.streams import COLLECTIVES
from carnet.kernel.because import Because
from carnet.kernel.runtime import Runtime


async def group(
    runtime: Runtime, debtor_id: str, rows: Sequence[ClaimRow], cut_off: date, because: Because
) -> list[OrdersGrouped]:
    """Group one debtor's claims; gives the new groups. Raises NotYet where its address is missing."""
    head = await letterhead(runtime, debtor_id)
    candidates = [await candidate(runtime, row.claimed, head) for row in rows]
    steps = house(runtime).payable_steps
    command = GroupOrders(cut_off=cut_off, candidates=tuple(candidates), payable_steps=steps)
    outcome = await runtime.handle(COLLECTIVES, debtor_id, command, because)
    return [event for event in outcome.events if isinstance(event, OrdersGrouped)]


async def candidate(runtime: Runtime, claim: WorkClaimed, head: Letterhead) -> Candidate:
    site_id = await runtime.query(lambda session: nodes.site_of(session, claim.order.object_id))
    return Candidate(
        order_id=claim.order.order_id,
        claim_id=claim.claim_id,
        closed_on=claim.closed_on,
        lines=claim.lines,
        key=key(claim, head, site_id),
    )


def key(claim: WorkClaimed, head: Letterhead, site_id: str | None) -> GroupingKey:
    terms, recipient = head.terms, head.recipient
    return GroupingKey(
        legal_entity=head.supplier.vat_number,
        debtor_id=recipient.party_id,
        property_id=site_id,
        billing_address=recipient.model_dump_json(include={"care_of", "address"}),
        currency=claim.currency,
        language=terms.language,
        payment_terms=str(terms.due_days),
        vat_regime=code_on(terms.tax_codes, claim.closed_on) or terms.vat_regime,
        channel=terms.channel,
        customer_order_number=claim.order.customer_order_number if terms.order_number_required else None,
    )
