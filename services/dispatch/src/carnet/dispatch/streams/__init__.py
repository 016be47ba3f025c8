"""Which decider lives on which stream, and the processes that go over several streams."""

from dataclasses import dataclass

from carnet.dispatch.domain import absence, agenda, equipment, order, order_commands, order_events, technician
from carnet.kernel.codec import codec_of
from carnet.kernel.store.port import EventStore
from carnet.kernel.streams import Category, Stream

ORDERS = Category("order", order.order, codec_of(order_events.Event))
AGENDAS = Category("agenda", agenda.agenda, codec_of(agenda.Event))
ABSENCES = Category("absence", absence.absence, codec_of(absence.Event))
TECHNICIANS = Category("technician", technician.technician, codec_of(technician.Event))
EQUIPMENT = Category("equipment", equipment.equipment, codec_of(equipment.EquipmentRegistered))

CODEC = ORDERS.codec | AGENDAS.codec | ABSENCES.codec | TECHNICIANS.codec | EQUIPMENT.codec


@dataclass(frozen=True)
class Streams:
    """The aggregates of dispatch in one store, by their ids."""

    store: EventStore

    def order(self, order_id: str) -> Stream[order_commands.Command, order.State, order_events.Event]:
        return Stream(self.store, ORDERS, ORDERS.stream(order_id))

    def agenda(self, whose: str, week: str) -> Stream[agenda.Command, agenda.Agenda, agenda.Event]:
        """Give the agenda of a technician or a piece of equipment for an ISO week such as 2026-W24."""
        return Stream(self.store, AGENDAS, AGENDAS.stream(f"{whose}-{week}"))

    def absence(self, absence_id: str) -> Stream[absence.Command, absence.State, absence.Event]:
        return Stream(self.store, ABSENCES, ABSENCES.stream(absence_id))

    def technician(self, technician_id: str) -> Stream[technician.Command, technician.State, technician.Event]:
        return Stream(self.store, TECHNICIANS, TECHNICIANS.stream(technician_id))

    def equipment(
        self, equipment_id: str
    ) -> Stream[equipment.Register, equipment.State, equipment.EquipmentRegistered]:
        return Stream(self.store, EQUIPMENT, EQUIPMENT.stream(equipment_id))
