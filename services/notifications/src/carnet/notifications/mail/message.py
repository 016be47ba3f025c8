"""An e-mail as RFC 5322 has it: the same bytes for the same mail, on every machine."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from textwrap import fill
from typing import Final

from pydantic import BaseModel

from carnet.kernel.web.answer import told

WIDTH: Final = 78
LOCAL_PART: Final = 64


class MailRefused(ValueError):
    """An e-mail that cannot be written, with a sentence that says what to put right."""


class Mailbox(BaseModel, frozen=True):
    name: str
    address: str


class Mail(BaseModel, frozen=True):
    """`message_id` is without its angle brackets; `dated` has its zone; `paragraphs` include the greeting."""

    message_id: str
    sender: Mailbox
    recipient: Mailbox
    dated: datetime
    language: str
    subject: str
    paragraphs: tuple[str, ...]


def write(mail: Mail) -> bytes:
    """Give the message as it goes over the wire, with CRLF; raises MailRefused for an address that is none."""
    message = EmailMessage(policy=policy.SMTP)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Date"] = mail.dated
    message["From"] = header(mail.sender)
    message["To"] = header(mail.recipient)
    message["Subject"] = one_line(mail.subject)
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(body(mail), charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def body(mail: Mail) -> str:
    paragraphs = [*mail.paragraphs, mail.sender.name]
    return "\n\n".join(fill(each, WIDTH, break_long_words=False, break_on_hyphens=False) for each in paragraphs) + "\n"


def header(mailbox: Mailbox) -> Address:
    username, at, domain = mailbox.address.strip().rpartition("@")
    plain = mailbox.address.isascii() and not any(c.isspace() or c in '<>,;"' for c in username + domain)
    if not (at and username and domain and plain and len(username) <= LOCAL_PART):
        raise MailRefused(told("The party's e-mail address cannot be read: correct it and try again."))
    return Address(one_line(mailbox.name), username, domain)


def one_line(text: str) -> str:
    return " ".join(text.splitlines())
