"""A requested notification goes out: its address is looked up now, its document is kept, its fate recorded."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from carnet.kernel.notice import Heard
from carnet.kernel.reaction import NotYet
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.answer import told
from carnet.notifications.consumers import papers
from carnet.notifications.domain.notification import (
    Command,
    MarkFailed,
    MarkSent,
    Notification,
    RecordPrinted,
    Requested,
    RetryAsked,
)
from carnet.notifications.letters import render
from carnet.notifications.mail import Backoff, Mailbox, MailRefused, NotTaken, hand_over, write
from carnet.notifications.read_models import parties
from carnet.notifications.read_models.parties import PartyRow
from carnet.notifications.settings import NotificationsSettings
from carnet.notifications.streams import notifications

SENDS: Final = "a requested notification goes out"
NO_EMAIL: Final = told("The party has no e-mail address: give it one and try again.")
NO_ADDRESS: Final = told("The party has no postal address: give it one and try again.")


@dataclass
class Sending:
    """Sends what is open. A mail server that is down is asked again later, while other notifications go on."""

    runtime: Runtime
    settings: NotificationsSettings
    backoff: Backoff = field(init=False)

    def __post_init__(self) -> None:
        self.backoff = Backoff(self.settings.smtp_tries, self.settings.smtp_pause)

    async def send(self, heard: Heard[Requested | RetryAsked]) -> None:
        notification_id = heard.notice.stream.removeprefix("notification-")
        known = await self.runtime.state(notifications, notification_id)
        if known is None or known.fate != "open":
            return
        command = await self.deliver(known.notification)
        await self.runtime.handle(notifications, notification_id, command, heard.because(SENDS))

    async def deliver(self, notification: Notification) -> Command:
        """Bring one notification on its way; gives what is to be recorded. Raises NotYet while it may still go."""
        party = await self.runtime.query(lambda session: parties.find(session, notification.party_id))
        if party is None:
            raise NotYet(f"party {notification.party_id}")
        if notification.channel == "letter":
            return await self.by_letter(notification, party)
        try:
            return await self.by_email(notification, party)
        except (MailRefused, NotTaken) as error:
            return MarkFailed(reason=str(error))

    async def by_letter(self, notification: Notification, party: PartyRow) -> Command:
        if party.address is None:
            return MarkFailed(reason=NO_ADDRESS)
        pdf = await asyncio.to_thread(render, papers.letter(notification, papers.addressee(party), self.settings))
        return RecordPrinted(document=await self.runtime.documents.put(pdf))

    async def by_email(self, notification: Notification, party: PartyRow) -> Command:
        if not party.email:
            return MarkFailed(reason=NO_EMAIL)
        message = write(papers.mail(notification, Mailbox(name=party.name, address=party.email), self.settings))
        await self.post(notification.notification_id, message, party.email)
        return MarkSent(document=await self.runtime.documents.put(message))

    async def post(self, notification_id: str, message: bytes, recipient: str) -> None:
        """Hand a message to the mail server, if there is one; NotYet until its tries are used up, then NotTaken."""
        if (server := self.settings.smtp) is None:
            return
        if self.backoff.resting(notification_id):
            raise NotYet("the mail server, which is asked again in a while")
        try:
            await hand_over(message, self.settings.firm_email, recipient, server, self.settings.smtp_timeout)
        except NotTaken as error:
            if not error.for_good and self.backoff.failed(notification_id):
                raise NotYet(str(error)) from error
            self.backoff.forget(notification_id)
            raise
        self.backoff.forget(notification_id)
