"""A visit takes its place on the agenda of everyone and everything that it needs, in each week that it touches."""

from dataclasses import replace

from carnet.dispatch.domain.agenda import Book, Release
from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order import State
from carnet.dispatch.streams import Streams
from carnet.kernel.because import Because


async def book(streams: Streams, visit: Visit, whom: tuple[str, str], zone: str, because: Because) -> None:
    """Book whom a visit takes, given as id and name. Raises Rejected where he, or it, is not free."""
    command = Book(whose=whom[0], name=whom[1], visit=visit, zone=zone)
    for week in visit.weeks():
        await streams.agenda(whom[0], week).handle(command, unkeyed(because))


async def release(streams: Streams, visit: Visit, because: Because) -> None:
    """Take a visit from all its agendas."""
    for whose in visit.takes():
        command = Release(whose=whose, visit_id=visit.visit_id)
        for week in visit.weeks():
            await streams.agenda(whose, week).handle(command, unkeyed(because))


async def settle(streams: Streams, order_id: str, because: Because) -> None:
    """Release every visit of an order that does not hold any more, because it moved or was cancelled."""
    for visit in former_visits(await streams.order(order_id).state()):
        await release(streams, visit, because)


def former_visits(order: State) -> list[Visit]:
    return [visit for visit in order.visits.values() if visit != order.visit] if order else []


async def is_booked(streams: Streams, visit: Visit) -> bool:
    """Say whether a visit stands on any agenda."""
    for whose in visit.takes():
        for week in visit.weeks():
            if visit.visit_id in (await streams.agenda(whose, week).state()).bookings:
                return True
    return False


def unkeyed(because: Because) -> Because:
    """Agendas know repeats by what is on them: a request that was refused may be made again with its key."""
    return replace(because, key="", body_hash="", causation="")
