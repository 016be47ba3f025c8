"""What an operator does about what is held, read models, the relay and the business day."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection
from sqlmodel import Session, col, select

from carnet.kernel.day import BusinessDay
from carnet.kernel.inbox import Inbox
from carnet.kernel.notice import NOTICE
from carnet.kernel.projection import Projector
from carnet.kernel.rebuild import start_rebuild
from carnet.kernel.runtime import Runtime
from carnet.kernel.surroundings import now
from carnet.kernel.tables import Held, Incident
from carnet.kernel.web.answer import told
from carnet.kernel.web.commands import RuntimeDep
from carnet.kernel.web.identity import Person, require
from carnet.kernel.web.problems import Unknown

router = APIRouter(prefix="/ops", tags=["operations"])
Admin = Annotated[Person, require("admin")]
HeldReason: TypeAlias = Literal["dead", "waiting"]
"""Why that is held which a person may pass over; a gap heals, and what is behind goes on by itself."""
WHAT_IS_HELD: Final[dict[HeldReason, str]] = {
    "dead": told("A dead letter of {consumer} at {stream}, revision {revision},"),
    "waiting": told("What waits in {consumer} at {stream}, revision {revision},"),
}


class HeldNotice(BaseModel):
    """A notice that a consumer holds back, and why."""

    consumer: str
    topic: str
    stream: str
    revision: int
    reason: str
    note: str
    since: datetime
    tries: int


class HeldAddress(BaseModel):
    """Which held notice is meant."""

    consumer: str
    topic: str
    stream: str
    revision: int


class Day(BaseModel):
    day: date


@router.get("/dead-letters")
async def dead_letters(runtime: RuntimeDep, _: Admin) -> list[HeldNotice]:
    return await runtime.query(lambda session: held_notices(session, ("dead",)))


@router.get("/waiting")
async def waiting(runtime: RuntimeDep, _: Admin) -> list[HeldNotice]:
    return await runtime.query(lambda session: held_notices(session, ("waiting", "gap", "behind")))


@router.get("/parked")
async def parked(runtime: RuntimeDep, _: Admin) -> list[Incident]:
    newest = select(Incident).order_by(col(Incident.id).desc()).limit(200)
    return await runtime.query(lambda session: list(session.exec(newest)))


@router.post("/dead-letters/replay")
async def replay(which: HeldAddress, runtime: RuntimeDep, person: Admin) -> dict[str, str]:
    """Try a dead letter again, and what waits behind it."""
    await runtime.engines.database.write(lambda c: revive(c, which, person.subject))
    runtime.around.news.ring()
    return {"status": "replaying"}


@router.post("/dead-letters/skip")
async def skip(which: HeldAddress, runtime: RuntimeDep, person: Admin) -> dict[str, str]:
    """Pass a dead letter over for good; what waits behind it goes on."""
    await runtime.engines.database.write(lambda c: pass_over(c, which, "dead", person.subject))
    runtime.around.news.ring()
    return {"status": "skipped"}


@router.post("/waiting/skip")
async def give_up(which: HeldAddress, runtime: RuntimeDep, person: Admin) -> dict[str, str]:
    """Pass over for good what waits for a fact that will never come; what waits behind it goes on."""
    await runtime.engines.database.write(lambda c: pass_over(c, which, "waiting", person.subject))
    runtime.around.news.ring()
    return {"status": "skipped"}


@router.post("/rebuild/{model}", status_code=202)
async def rebuild(model: str, runtime: RuntimeDep, _: Admin) -> dict[str, str]:
    """Build a read model anew beside the live one and swap; its progress stands in the status."""
    runtime.consuming.rebuild(await start_rebuild(projector(runtime, model)))
    return {"status": "rebuilding"}


@router.post("/relay/{action}")
async def relay(action: str, runtime: RuntimeDep, _: Admin) -> dict[str, bool]:
    """`pause`, `resume`, or `republish` from the first event; refused where another process relays."""
    runtime.relay.refuse_standing_by()
    match action:
        case "pause":
            runtime.relay.pause()
        case "resume":
            runtime.relay.resume()
        case "republish":
            await runtime.relay.republish()
        case _:
            raise Unknown("What the relay should do ({action})", action=action)
    return {"paused": runtime.relay.paused}


class Verdict(BaseModel):
    """What `verify` found in one service: [] when every row and document is as the events say."""

    read_models: int
    differences: list[str]


@router.post("/verify")
async def verify(runtime: RuntimeDep, _: Admin) -> Verdict:
    """Fold every read model again and compare; the live ones go on meanwhile, also in another process."""
    return Verdict(read_models=len(runtime.projectors), differences=await runtime.verify())


@router.put("/day")
async def set_day(body: Day, runtime: RuntimeDep, _: Admin) -> Day:
    """Set the business day; the runs for it are started by their own commands."""
    BusinessDay(runtime.settings).advance(body.day)
    return body


def projector(runtime: Runtime, model: str) -> Projector:
    for each in runtime.projectors:
        if each.name == model:
            return each
    raise Unknown("The read model {model}", model=model)


def held_notices(session: Session, reasons: tuple[str, ...]) -> list[HeldNotice]:
    in_order = col(Held.since), col(Held.consumer), col(Held.topic), col(Held.stream), col(Held.revision)
    rows = session.exec(select(Held).where(col(Held.reason).in_(reasons)).order_by(*in_order).limit(500))
    return [HeldNotice.model_validate(row.model_dump()) for row in rows]


def held_for(session: Session, which: HeldAddress, reason: HeldReason) -> Held:
    """Give what is held at an address for a reason; raises Unknown where nothing is, or it is held for another one."""
    found = session.get(Held, (which.consumer, which.topic, which.stream, which.revision))
    if found is None or found.reason != reason:
        raise Unknown(
            WHAT_IS_HELD[reason],
            consumer=which.consumer,
            stream=which.stream,
            revision=which.revision,
        )
    return found


def revive(connection: Connection, which: HeldAddress, actor: str) -> None:
    with Session(connection) as session:
        held_for(session, which, "dead").reason = "behind"
        note(session, which, f"{actor} replayed revision {which.revision}.")


def pass_over(connection: Connection, which: HeldAddress, reason: HeldReason, actor: str) -> None:
    with Session(connection) as session:
        notice = NOTICE.validate_json(held_for(session, which, reason).notice)
        note(session, which, f"{actor} skipped revision {which.revision}.")
    Inbox(connection, which.consumer, now()).skip(notice)


def note(session: Session, which: HeldAddress, text: str) -> None:
    session.add(Incident(consumer=which.consumer, stream=which.stream, note=text, at=now()))
    session.flush()
