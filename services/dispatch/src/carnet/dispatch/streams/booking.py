"""A visit takes its place on the agenda of everyone and everything that it needs, in each week that it touches."""

from dataclasses import replace

from carnet.dispatch.domain.agenda import Book, Release
from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order import State
from carnet.dispatch.streams import Streams
from carnet.kernel.because import Because


async def book(streams: Streams, visit: Visit, resource: tuple[str, str], zone: str, because: Because) -> None:
    """Book a resource, given as its id and its name, for a visit. Raises Rejected where it is not free."""
    command = Book(resource_id=resource[0], name=resource[1], visit=visit, zone=zone)
    for week in visit.weeks():
        await streams.agenda(resource[0], week).handle(command, unkeyed(because))


async def release(streams: Streams, visit: Visit, because: Because) -> None:
    """Take a visit from all its agendas."""
    for resource_id in visit.resources():
        command = Release(resource_id=resource_id, visit_id=visit.visit_id)
        for week in visit.weeks():
            await streams.agenda(resource_id, week).handle(command, unkeyed(because))


async def settle(streams: Streams, order_id: str, because: Because) -> None:
    """Release every visit of an order that does not hold any more, because it moved or was cancelled."""
    for visit in former_visits(await streams.order(order_id).state()):
        await release(streams, visit, because)


def former_visits(order: State) -> list[Visit]:
    return [visit for visit in order.visits.values() if visit != order.visit] if order else []


async def is_booked(streams: Streams, visit: Visit) -> bool:
    """Say whether a visit stands on any agenda."""
    for resource_id in visit.resources():
        for week in visit.weeks():
            if visit.visit_id in (await streams.agenda(resource_id, week).state()).bookings:
                return True
    return False


def unkeyed(because: Because) -> Because:
    """Agendas know repeats by what is on them: a request that was refused may be made again with its key."""
    return replace(because, key="", body_hash="", causation="")
