"""Handing a message to a mail server (RFC 5321), at least once."""

from urllib.parse import unquote

import aiosmtplib
from pydantic import AnyUrl

from carnet.kernel.web.answer import told

FOR_GOOD = 500  # RFC 5321: 5yz is a permanent refusal


class NotTaken(Exception):
    """The server did not take the message; `for_good` says that it never will. Names no address (promise 18)."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


async def hand_over(message: bytes, sender: str, recipient: str, server: AnyUrl, seconds: float) -> None:
    """Send one message; raises NotTaken. `smtp://` uses STARTTLS where it is offered, `smtps://` TLS from the start."""
    try:
        await aiosmtplib.send(
            message,
            sender=sender,
            recipients=[recipient],
            hostname=server.host,
            port=server.port,
            username=plain(server.username),
            password=plain(server.password),
            use_tls=server.scheme == "smtps",
            timeout=seconds,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise refusal(error.recipients[0].code) from error
    except aiosmtplib.SMTPResponseException as error:
        raise refusal(error.code) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotTaken(told("The mail server cannot be reached."), for_good=False) from error


def refusal(code: int) -> NotTaken:
    return NotTaken(f"The mail server refused the message with code {code}.", for_good=code >= FOR_GOOD)


def plain(part: str | None) -> str | None:
    """Undo the percent-encoding that a part of an address needs."""
    return part and unquote(part)
