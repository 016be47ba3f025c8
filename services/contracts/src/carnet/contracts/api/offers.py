"""Offers made, revised, closed and signed; nothing binds before the signature (S66)."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from carnet.contracts.api.bodies import Body, Day, NewContract, Text
from carnet.contracts.api.roles import Seller
from carnet.contracts.domain.contract import SignOffer
from carnet.contracts.domain.offer import CloseOffer, MakeOffer
from carnet.contracts.domain.terms import Kind
from carnet.contracts.read_models import offers
from carnet.contracts.streams import CONTRACTS, contract_id_of
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer, CaughtUp, Commands, RuntimeDep
from carnet.kernel.web.cursor import Listed, Page, link_next
from carnet.kernel.web.identity import Identified
from carnet.kernel.web.preconditions import etag
from carnet.kernel.web.problems import Unknown

router = APIRouter(tags=["offers"])
Status = Literal["standing", "declined", "withdrawn", "lapsed"]


class NewOffer(NewContract):
    """All that is offered, to be signed until a day. `recorded`, left out: the business day."""

    valid_until: Day


class Closing(Body):
    outcome: Literal["declined", "withdrawn"]
    reason: Text = ""
    recorded: Day | None = None


class Signature(Body):
    """`recorded` is the day of the signature, left out: the business day."""

    recorded: Day | None = None


class OfferView(BaseModel):
    contract_id: str
    number: str
    kind: Kind
    debtor_id: str
    starts_on: date
    offered_on: date
    valid_until: date
    status: Status
    reason: str


class OfferDetail(OfferView):
    terms: dict[str, Any]


@router.post("/offers", status_code=201)
async def offer(body: NewOffer, commands: Commands, _: Seller) -> Answer:
    """Offer a contract, or revise what was offered by its number."""
    contract_id, recorded = contract_id_of(body.number), body.recorded or commands.runtime.today()
    command = MakeOffer(contract_id=contract_id, terms=body.terms(), valid_until=body.valid_until, recorded=recorded)
    return await commands.send(CONTRACTS, contract_id, command)


@router.get("/offers", dependencies=[CaughtUp])
async def list_offers(
    request: Request,
    response: Response,
    runtime: RuntimeDep,
    asked: Listed,
    _: Identified,
    status: Annotated[Status | None, Query()] = None,
) -> Page[OfferView]:
    """List offers by number; a signed one is a contract."""
    rows = await runtime.query(lambda session: offers.listed(session, status, asked.after, asked.limit + 1))
    page = asked.page([view(row) for row in rows], key=lambda shown: (shown.number, shown.contract_id))
    link_next(request, response, page)
    return page


@router.get("/offers/{contract_id}", dependencies=[CaughtUp])
async def get_offer(contract_id: str, runtime: RuntimeDep, response: Response, _: Identified) -> OfferDetail:
    """Give one offer, by its id or its number."""
    row = await offered(runtime, contract_id)
    response.headers["ETag"] = etag(row.revision)
    return OfferDetail(**dict(view(row)), terms=row.whole)


@router.post("/{contract_id}/offer-closing")
async def close(contract_id: str, body: Closing, commands: Commands, _: Seller) -> Answer:
    """Close an offer that the customer declined or the firm withdrew."""
    recorded = body.recorded or commands.runtime.today()
    command = CloseOffer(outcome=body.outcome, reason=body.reason, recorded=recorded)
    return await commands.send(CONTRACTS, await named(commands.runtime, contract_id), command)


@router.post("/{contract_id}/signature", status_code=201)
async def sign_offer(contract_id: str, body: Signature, commands: Commands, _: Seller) -> Answer:
    """Sign what was offered, and nothing else."""
    command = SignOffer(recorded=body.recorded or commands.runtime.today())
    return await commands.send(CONTRACTS, await named(commands.runtime, contract_id), command)


def view(row: offers.OfferRow) -> OfferView:
    return OfferView.model_validate(row.model_dump(exclude={"whole", "revision"}))


async def offered(runtime: Runtime, contract_id: str) -> offers.OfferRow:
    """Give an offer by its id or number; raises Unknown."""
    names = (contract_id, contract_id_of(contract_id))
    found = await runtime.query(lambda session: [offers.one(session, name) for name in names])
    if (row := found[0] or found[1]) is None:
        raise Unknown("The offer {id}", id=contract_id)
    return row


async def named(runtime: Runtime, contract_id: str) -> str:
    """Give the stream's name of an offer or a contract that is named by its id or number; raises Unknown."""
    for name in (contract_id, contract_id_of(contract_id)):
        if await runtime.state(CONTRACTS, name) is not None:
            return name
    raise Unknown("The offer {id}", id=contract_id)
