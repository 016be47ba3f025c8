"""Contracts signed, extended, renewed and terminated."""

from fastapi import APIRouter

from carnet.contracts.api.bodies import Body, Day, NewContract, Text
from carnet.contracts.api.existing import existing
from carnet.contracts.api.roles import Seller
from carnet.contracts.domain.contract import Extend, Renew, Sign, Terminate
from carnet.contracts.streams import CONTRACTS, contract_id_of
from carnet.kernel.web.commands import Answer, Commands

router = APIRouter(tags=["contracts"])


class Term(Body):
    """The last covered day. `recorded` is the day on which it became known, left out: the business day."""

    last_day: Day
    recorded: Day | None = None


class Termination(Term):
    """Notice given on the day `recorded`; an extraordinary termination, with its reason, waits for no notice."""

    extraordinary: bool = False
    reason: Text = ""


@router.post("", status_code=201)
async def sign(body: NewContract, commands: Commands, _: Seller) -> Answer:
    """Sign a contract; its number is given once."""
    contract_id = contract_id_of(body.number)
    recorded = body.recorded or commands.runtime.today()
    return await commands.send(
        CONTRACTS, contract_id, Sign(contract_id=contract_id, terms=body.terms(), recorded=recorded)
    )


@router.post("/{contract_id}/extension")
async def extend(contract_id: str, body: Term, commands: Commands, _: Seller) -> Answer:
    """Extend or cut the term; also takes a termination back."""
    command = Extend(last_day=body.last_day, recorded=body.recorded or commands.runtime.today())
    return await send(commands, contract_id, command)


@router.post("/{contract_id}/renewal")
async def renew(contract_id: str, body: Term, commands: Commands, _: Seller) -> Answer:
    """Agree on another term after the present one."""
    command = Renew(last_day=body.last_day, recorded=body.recorded or commands.runtime.today())
    return await send(commands, contract_id, command)


@router.post("/{contract_id}/termination")
async def terminate(contract_id: str, body: Termination, commands: Commands, _: Seller) -> Answer:
    """End a contract with its last covered day, as its notice allows."""
    told = body.model_dump(exclude={"recorded"})
    command = Terminate(**told, recorded=body.recorded or commands.runtime.today())
    return await send(commands, contract_id, command)


async def send(commands: Commands, contract_id: str, command: Extend | Renew | Terminate) -> Answer:
    contract = await existing(commands.runtime, contract_id)
    return await commands.send(CONTRACTS, contract.contract_id, command)
