"""An order is planned in steps over several streams: first every agenda is booked, then the order is planned.

A refusal on the way releases what was booked. Each step may be done again: what is done already adds nothing. A plan
cut off half-way is taken up from its first booking, which holds the whole visit: `finish` plans it, or releases it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order import State
from carnet.dispatch.domain.order_commands import Plan
from carnet.dispatch.domain.order_events import Event
from carnet.dispatch.streams import ORDERS, Streams
from carnet.dispatch.streams.availability import Availability
from carnet.dispatch.streams.booking import book, is_booked, release, settle
from carnet.kernel.because import Because
from carnet.kernel.decider import Rejected
from carnet.kernel.store.port import WrongRevision
from carnet.kernel.streams import KeyReused, Outcome


@dataclass(frozen=True)
class Planning:
    """One attempt to plan a visit; `zone` is for the sentences, `because` for the metadata."""

    streams: Streams
    visit: Visit
    because: Because
    zone: str = "Europe/Zurich"

    @property
    def availability(self) -> Availability:
        return Availability(self.streams, self.visit, self.zone, self.visit.order_id)

    async def plan(self, everyone: Iterable[str] = (), expected: int | None = None) -> Outcome[State, Event]:
        """Book everybody and everything, then plan the order, or nothing at all.

        `everyone` are the technicians among whom a refusal names who could go instead. Raises Rejected, and
        WrongRevision where the order is not at `expected`.
        """
        command, order = await self.command(), self.streams.order(self.visit.order_id)
        now = await order.now()
        if await self.is_new(command, now.state, everyone):
            await self.book(command)
        elif expected is None:
            expected = now.revision  # nothing is booked, so nothing may be planned should it have changed
        try:
            outcome = await order.handle(command, self.because, expected)
        except (Rejected, WrongRevision, KeyReused):
            await self.give_up()
            raise
        await settle(self.streams, self.visit.order_id, self.because)
        return outcome

    async def command(self) -> Plan:
        devices = await self.availability.devices(self.visit.equipment_ids)
        return Plan(
            visit=self.visit,
            kinds=tuple(device.kind for device in devices),
            chosen=await self.availability.candidates(self.visit.technician_ids),
        )

    async def is_new(self, command: Plan, state: State, everyone: Iterable[str]) -> bool:
        """Ask the order before anything is booked; a refusal is said again with those who could go."""
        try:
            return bool(ORDERS.decider.decide(command, state))
        except Rejected:
            others = await self.availability.candidates(everyone)
            return bool(ORDERS.decider.decide(command.model_copy(update={"others": others}), state))

    async def book(self, command: Plan) -> None:
        """Book in one order for all requests, so that of two for the same people one gets them all."""
        names = [(each.technician_id, each.name) for each in command.chosen]
        names += [(each.equipment_id, each.name) for each in await self.availability.devices(self.visit.equipment_ids)]
        try:
            for whom in sorted(names):
                await book(self.streams, self.visit, whom, self.zone, self.because)
        except (Rejected, WrongRevision):
            await self.give_up()
            raise

    async def give_up(self) -> None:
        """Release what was booked, unless the order was planned so meanwhile: the same request may come twice."""
        order = await self.streams.order(self.visit.order_id).state()
        if order is None or order.visit != self.visit:
            await release(self.streams, self.visit, self.because)

    async def is_pending(self) -> bool:
        """Say whether the visit is booked, or partly so: what was refused was released."""
        return await is_booked(self.streams, self.visit)

    async def finish(self) -> None:
        """Take up a plan that was cut off: make it whole, or release what it booked."""
        if await self.is_pending():
            try:
                await self.plan()
            except Rejected:
                await self.give_up()
