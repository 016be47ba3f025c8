"""A contract that was sold with an object is signed (S44)."""

from carnet.contracts.domain.contract import Sign
from carnet.contracts.domain.terms import Billing, Parties, Position, Price, Terms
from carnet.contracts.read_models import nodes, parties
from carnet.contracts.streams import CONTRACTS, contract_id_of
from carnet.events.inbound import SalesOrder, SoldContract
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet, Reaction
from carnet.kernel.runtime import Runtime

NAME = "a sold contract is signed"


def reaction(runtime: Runtime) -> Reaction:
    async def sign(heard: Heard[SalesOrder]) -> None:
        order = heard.fact
        if (sold := order.contract) is not None:
            debtor_id, object_id = await debtor_and_object(runtime, order)
            contract_id = contract_id_of(sold.number)
            terms = terms_of(sold, debtor_id, object_id, order.object_name)
            command = Sign(contract_id=contract_id, terms=terms, recorded=order.ordered_on)
            await runtime.handle(CONTRACTS, contract_id, command, heard.because(NAME))

    return Reaction(NAME, {SalesOrder: sign}, start="beginning")


async def debtor_and_object(runtime: Runtime, order: SalesOrder) -> tuple[str, str]:
    debtor_id = await runtime.query(lambda session: parties.by_number(session, order.customer_number))
    object_id = await runtime.query(lambda session: nodes.by_number(session, order.object_number))
    if debtor_id is None:
        raise NotYet(f"customer {order.customer_number}")
    if object_id is None:
        raise NotYet(f"object {order.object_number}")
    return debtor_id, object_id


def terms_of(sold: SoldContract, debtor_id: str, object_id: str, text: str) -> Terms:
    """One position for the sold object, covered and priced from the contract's start."""
    position = Position(
        position_id="1",
        object_id=object_id,
        first_day=sold.start,
        text=text,
        prices=(Price(valid_from=sold.start, fee=sold.fee),),
    )
    return Terms(
        contract_number=sold.number,
        kind=sold.kind,
        parties=Parties(debtor_id=debtor_id),
        start=sold.start,
        end=sold.end,
        billing=Billing.model_validate(sold.billing.model_dump()),
        positions=(position,),
    )
