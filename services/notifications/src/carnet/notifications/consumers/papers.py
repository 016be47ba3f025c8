"""A notification as it goes on paper or over the wire: the firm writes, the party reads."""

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from carnet.events.fact import Address
from carnet.kernel.documents.postal import Addressee, PostalAddress
from carnet.notifications.domain.notification import Notification
from carnet.notifications.letters import Letter, Sender
from carnet.notifications.mail import Mail, Mailbox
from carnet.notifications.read_models.parties import PartyRow
from carnet.notifications.settings import NotificationsSettings

MORNING: Final = time(8)  # when the firm's post is dated


def mail(notification: Notification, recipient: Mailbox, settings: NotificationsSettings) -> Mail:
    """Give the e-mail; its Message-ID and date follow from the notification, so a repeat is the same message."""
    domain = settings.firm_email.rpartition("@")[2]
    return Mail(
        message_id=f"{notification.notification_id}@{domain}",
        sender=Mailbox(name=settings.firm_name, address=settings.firm_email),
        recipient=recipient,
        dated=datetime.combine(notification.requested_on, MORNING, ZoneInfo(settings.zone)),
        language=notification.text.language,
        subject=notification.text.subject,
        paragraphs=notification.text.paragraphs,
    )


def letter(notification: Notification, recipient: Addressee, settings: NotificationsSettings) -> Letter:
    text: dict[str, Any] = notification.text.model_dump()
    return Letter(sender=sender(settings), recipient=recipient, dated=notification.requested_on, **text)


def sender(settings: NotificationsSettings) -> Sender:
    address = PostalAddress(
        street=settings.firm_street,
        house_number=settings.firm_house_number,
        postcode=settings.firm_postcode,
        town=settings.firm_city,
        country=settings.firm_country,
    )
    return Sender(name=settings.firm_name, address=address, contact=(settings.firm_telephone, settings.firm_email))


def addressee(party: PartyRow) -> Addressee:
    known = Address.model_validate(party.address)
    address = PostalAddress(**known.model_dump(exclude={"city", "care_of"}), town=known.city)
    return Addressee(name=party.name, care_of=known.care_of, address=address)
