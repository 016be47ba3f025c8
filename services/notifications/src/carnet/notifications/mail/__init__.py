"""E-mails: a `Mail` goes in, an RFC 5322 message comes out, and a mail server takes it."""

from carnet.notifications.mail.backoff import Backoff
from carnet.notifications.mail.message import Mail, Mailbox, MailRefused, write
from carnet.notifications.mail.smtp import NotTaken, hand_over

__all__ = ["Backoff", "Mail", "MailRefused", "Mailbox", "NotTaken", "hand_over", "write"]
