"""Orders from other systems by HTTP, with the models of the bus; sending one again adds nothing."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel

from carnet.events.inbound import ProductionOrder, SalesOrder
from carnet.kernel.streams import Outcome
from carnet.kernel.web.commands import Commander, Commands
from carnet.kernel.web.identity import Person, require
from carnet.objects.streams import Streams
from carnet.objects.streams.deliveries import Deliveries
from carnet.objects.streams.inbound import built, sold

router = APIRouter(prefix="/inbound", tags=["inbound"])
Planner = Annotated[Person, require("planner")]


class Registered(BaseModel):
    id: str
    number: str


class Delivered(BaseModel):
    """The objects of the order, parents first, and the `?after=` token of the last one."""

    objects: list[Registered]
    token: str


@router.post("/sales-orders", status_code=201)
async def sales_order(body: SalesOrder, commands: Commands, _: Planner) -> Delivered:
    """Register the object of a customer's order (S8, S43); 409 while customer or parent are not registered.

    The order goes on to its topic, so that the contract that was sold with it is signed (S44).
    """
    outcomes = await deliveries(commands).register(*sold(body), commands.because)
    await commands.runtime.forward(body, commands.because)
    return delivered(commands, outcomes)


@router.post("/production-orders", status_code=201)
async def production_order(body: ProductionOrder, commands: Commands, _: Planner) -> Delivered:
    """Register the serviceable pieces of a bill of materials (S45); 409 while customer or parent are not registered."""
    outcomes = await deliveries(commands).register(*built(body), commands.because)
    return delivered(commands, outcomes)


def deliveries(commands: Commander) -> Deliveries:
    return Deliveries(Streams(commands.runtime.engines.store))


def delivered(commands: Commander, outcomes: list[Outcome[Any, Any]]) -> Delivered:
    made = [outcome.state.registered for outcome in outcomes]
    answers = [commands.answer(each.object_id, outcome) for each, outcome in zip(made, outcomes, strict=True)]
    found = [Registered(id=each.object_id, number=each.number) for each in made]
    return Delivered(objects=found, token=answers[-1].token if answers else "")
