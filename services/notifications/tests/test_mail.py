"""An e-mail is the same bytes for the same mail, and a real mail server takes it."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import AnyUrl

from carnet.notifications.mail import Backoff, Mail, Mailbox, MailRefused, NotTaken, hand_over, write

LINK = (
    "http://127.0.0.1:8000/invoicing/invoices/0b6f7c0e-65a0-4c8e-8a43-3e1a35b4c1d2-with-a-very-long-tail-of-its-own/pdf"
)
MAIL = Mail(
    message_id="n-1@rochat.example",
    sender=Mailbox(name="Rochat Ascenseurs SA", address="service@rochat.example"),
    recipient=Mailbox(name="PPE Résidence du Parc", address="ppe@parc.example"),
    dated=datetime(2026, 4, 2, 8, tzinfo=ZoneInfo("Europe/Zurich")),
    language="fr",
    subject="Facture R2026-0001 du 1 janvier 2026 : à payer",
    paragraphs=("Madame, Monsieur,", f"La facture de CHF\N{NO-BREAK SPACE}1’167.50 est ici : {LINK}"),
)


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def test_the_message_says_who_writes_to_whom_when_and_what() -> None:
    message = parsed(write(MAIL))
    assert message["Message-ID"] == "<n-1@rochat.example>"
    assert message["Date"] == "Thu, 02 Apr 2026 08:00:00 +0200"
    assert message["To"] == "PPE Résidence du Parc <ppe@parc.example>"
    assert message["Subject"] == MAIL.subject
    text = str(message.get_content())
    assert LINK in text
    assert "CHF\N{NO-BREAK SPACE}1’167.50" in text
    assert text.rstrip().endswith("Rochat Ascenseurs SA")


def test_the_message_is_plain_ascii_lines_and_always_the_same() -> None:
    message = write(MAIL)
    assert message == write(MAIL)
    assert message.isascii()
    assert max(len(line) for line in message.split(b"\r\n")) <= 998


@pytest.mark.parametrize("address", ["nobody", "@parc.example", "a@", "a b@parc.example", "é@parc.example", "a@b, c@d"])
def test_an_address_that_is_none_is_refused_without_naming_it(address: str) -> None:
    wrong = MAIL.model_copy(update={"recipient": Mailbox(name="X", address=address)})
    with pytest.raises(MailRefused, match="cannot be read: correct it") as refused:
        write(wrong)
    assert address not in str(refused.value)


def test_a_name_or_subject_cannot_smuggle_a_header_in() -> None:
    sly = MAIL.model_copy(
        update={
            "recipient": Mailbox(name="X\r\nBcc: all@parc.example", address="x@parc.example"),
            "subject": "Hello\r\nBcc: all@parc.example",
        }
    )
    assert parsed(write(sly))["Bcc"] is None


async def test_a_mail_server_takes_the_very_bytes(postbox: Any) -> None:
    async with postbox.serving():
        await hand_over(write(MAIL), "service@rochat.example", "ppe@parc.example", AnyUrl(postbox.address), 5)
    (envelope,) = postbox.taken
    assert envelope.mail_from == "service@rochat.example"
    assert envelope.rcpt_tos == ["ppe@parc.example"]
    assert envelope.content == write(MAIL)


async def test_a_refusal_is_for_good_and_a_server_that_is_down_is_not(postbox: Any) -> None:
    postbox.refused = "ppe@parc.example"
    async with postbox.serving():
        with pytest.raises(NotTaken, match="code 550") as refused:
            await hand_over(write(MAIL), "service@rochat.example", "ppe@parc.example", AnyUrl(postbox.address), 5)
    assert refused.value.for_good
    assert "parc.example" not in str(refused.value)
    with pytest.raises(NotTaken, match="cannot be reached") as down:
        await hand_over(write(MAIL), "service@rochat.example", "ppe@parc.example", AnyUrl(postbox.address), 5)
    assert not down.value.for_good


def test_a_server_is_left_alone_twice_as_long_each_time_then_given_up() -> None:
    now = 100.0
    backoff = Backoff(tries=4, pause=1.0, clock=lambda: now)
    for pause in (1.0, 2.0, 4.0):
        assert backoff.failed("n-1")
        assert backoff.resting("n-1")
        assert not backoff.resting("n-2")
        now += pause
        assert not backoff.resting("n-1")
    assert not backoff.failed("n-1")
    assert backoff.failed("n-1")  # a retry begins anew
