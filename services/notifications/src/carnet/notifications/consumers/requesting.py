"""A party is told what concerns it: a due service, an appointment, a document, a reminder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from carnet.events.contracts import ServiceDue
from carnet.events.dispatch import AppointmentAgreed
from carnet.events.fact import Address
from carnet.events.invoicing import CreditNoteIssued, InvoiceIssued, ReminderIssued
from carnet.kernel.because import derived_id
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.notifications.consumers import causes
from carnet.notifications.consumers.causes import Cause
from carnet.notifications.consumers.wording import compose
from carnet.notifications.domain.notification import Channel, Notification, Request
from carnet.notifications.domain.preference import channel_for
from carnet.notifications.read_models import objects, parties
from carnet.notifications.read_models.objects import Standing
from carnet.notifications.read_models.parties import PartyRow
from carnet.notifications.settings import NotificationsSettings
from carnet.notifications.streams import notifications, preferences

REQUESTS: Final = "a party is told what concerns it"


@dataclass(frozen=True)
class Requesting:
    """Turns what was heard into requests, as soon as the party and the object are known."""

    runtime: Runtime
    settings: NotificationsSettings
    clock: Callable[[], datetime]

    async def service_due(self, heard: Heard[ServiceDue]) -> None:
        await self.request(heard, causes.service_due(heard.fact))

    async def appointment_agreed(self, heard: Heard[AppointmentAgreed]) -> None:
        await self.request(heard, causes.appointment(heard.fact, heard.notice.revision))

    async def document_issued(self, heard: Heard[InvoiceIssued | CreditNoteIssued]) -> None:
        await self.request(heard, causes.document(heard.fact))

    async def reminder_issued(self, heard: Heard[ReminderIssued]) -> None:
        await self.request(heard, causes.reminder(heard.fact))

    async def request(self, heard: Heard[Any], cause: Cause | None) -> None:
        """Request one notification; raises NotYet while the party or the object is unknown."""
        if cause is None:
            return
        notification = await self.notification(cause)
        command = Request(notification=notification, caused_at=heard.notice.at, now=self.clock())
        await self.runtime.handle(notifications, notification.notification_id, command, heard.because(REQUESTS))

    async def notification(self, cause: Cause) -> Notification:
        party = await self.party(cause.party_id)
        channel = channel_for(await self.runtime.state(preferences, party.party_id), has_email=bool(party.email))
        values = cause.values | self.surroundings(cause, channel) | await self.place(cause)
        return Notification(
            notification_id=str(derived_id("notification", cause.kind, *cause.key)),
            kind=cause.kind,
            channel=channel,
            party_id=party.party_id,
            about=cause.about,
            object_ids=cause.object_ids,
            requested_on=cause.on,
            text=compose(cause.template, party.spoken, values, cause.reference),
        )

    async def party(self, party_id: str) -> PartyRow:
        if (found := await self.runtime.query(lambda session: parties.find(session, party_id))) is None:
            raise NotYet(f"party {party_id}")
        return found

    def surroundings(self, cause: Cause, channel: Channel) -> dict[str, Any]:
        link = f"{self.settings.public}/invoicing/invoices/{cause.about}/pdf"
        return {"telephone": self.settings.firm_telephone, "letter": channel == "letter", "link": link}

    async def place(self, cause: Cause) -> dict[str, Any]:
        """Give name and place of the one object that a visit is about."""
        if cause.kind not in {"service_due", "appointment"}:
            return {}
        (object_id,) = cause.object_ids
        if (standing := await self.runtime.query(lambda session: objects.find(session, object_id))) is None:
            raise NotYet(f"object {object_id} or its site")
        return {"object": standing.name, "place": place(standing)}


def place(standing: Standing) -> str:
    """Give site and address in one line, as far as they are known."""
    address = Address.model_validate(standing.address) if standing.address else None
    street = f"{address.street} {address.house_number}".strip() if address else ""
    town = f"{address.postcode} {address.city}" if address else ""
    return ", ".join(part for part in (standing.site, street, town) if part)
