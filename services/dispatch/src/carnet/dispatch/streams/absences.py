"""An absence is recorded once, then put on the agenda of each week that it touches or touched before."""

from carnet.dispatch.domain.absence import Away, Command, Event, State
from carnet.dispatch.domain.agenda import Block, Unblock
from carnet.dispatch.streams import Streams
from carnet.dispatch.streams.booking import unkeyed
from carnet.kernel.because import Because
from carnet.kernel.streams import Outcome


async def tell(streams: Streams, absence_id: str, command: Command, because: Because) -> Outcome[State, Event]:
    """Record or withdraw an absence and bring the agendas up to date. Raises Rejected."""
    outcome = await streams.absence(absence_id).handle(command, because)
    await spread(streams, absence_id, because)
    return outcome


async def spread(streams: Streams, absence_id: str, because: Because) -> None:
    """Bring the agendas up to what is known of an absence; doing it again changes nothing."""
    if away := await streams.absence(absence_id).state():
        for week in sorted(away.weeks):
            agenda = streams.agenda(away.technician_id, week)
            await agenda.handle(entry(away, absence_id, week), unkeyed(because))


def entry(away: Away, absence_id: str, week: str) -> Block | Unblock:
    """Say what an agenda must hold of an absence in a week."""
    if away.absence and week in away.absence.weeks():
        return Block(whose=away.technician_id, absence=away.absence)
    return Unblock(whose=away.technician_id, absence_id=absence_id)
