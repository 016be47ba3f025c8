"""What an operator sees of a service at a glance: where relay and consumers are, and what is rebuilt."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import Session, select

from carnet.kernel import standing
from carnet.kernel.runtime import Runtime
from carnet.kernel.tables import Model
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Identified

router = APIRouter(prefix="/ops", tags=["operations"])


class ConsumerStatus(BaseModel):
    """One consumer: events not yet taken in, and notices held back by reason."""

    name: str
    lag: int
    held: dict[str, int]


class Status(BaseModel):
    """One service: business day, store's head, relay's cursor, consumers, and how often each read model was built.

    Of several processes each says for itself whether its relay is paused or in trouble, and what it rebuilds now (with
    the events taken in); all else is the same whoever is asked.
    """

    context: str
    day: date
    head: int | None
    relayed: int | None
    relay_paused: bool
    relay_trouble: str
    consumers: list[ConsumerStatus]
    rebuilds: dict[str, int]
    generations: dict[str, int]


@router.get("/status")
async def status(runtime: RuntimeDep, _: Identified) -> Status:
    return Status(
        context=runtime.context.name,
        day=runtime.today(),
        head=await runtime.engines.store.head(),
        relayed=await runtime.relay.relayed(),
        relay_paused=runtime.relay.paused,
        relay_trouble=runtime.relay.trouble,
        consumers=await consumers(runtime),
        rebuilds={name: rebuild.done for name, rebuild in runtime.consuming.rebuilds.items()},
        generations=await runtime.query(generations),
    )


async def consumers(runtime: Runtime) -> list[ConsumerStatus]:
    lags, held = await standing.lags(runtime), await runtime.query(standing.held_back)
    counts = {name: {each.reason: each.count for each in held if each.consumer == name} for name in lags}
    return [ConsumerStatus(name=name, lag=lag, held=counts[name]) for name, lag in lags.items()]


def generations(session: Session) -> dict[str, int]:
    return dict(session.exec(select(Model.name, Model.generation)).all())
