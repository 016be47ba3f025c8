"""The service alone: it hears what the other contexts publish, and e-mails and letters go out, once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pypdf import PdfReader

from carnet.events.contracts import ServiceDue
from carnet.events.dispatch import AppointmentAgreed
from carnet.events.fact import Address
from carnet.events.invoicing import (
    CreditNoteIssued,
    DocumentLine,
    InvoiceIssued,
    IssuedDocument,
    RemindedInvoice,
    ReminderIssued,
)
from carnet.events.objects import ObjectMoved, ObjectRegistered, PartyChanged, PartyRegistered, SiteRegistered
from carnet.kernel.trial import Trial, trial
from carnet.notifications.app import build
from carnet.notifications.domain.notification import MarkSent
from carnet.notifications.settings import NotificationsSettings

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

HEARD_AT = datetime(2026, 1, 3, tzinfo=UTC)  # two days after the facts of a trial were recorded
FLEURETTES = Address(street="Ch. des Fleurettes", house_number="12", postcode="1007", city="Lausanne")
RUMINE = Address(
    street="Av. de Rumine", house_number="20", postcode="1005", city="Lausanne", care_of="Régie Delacroix SA"
)
K1 = PartyRegistered(
    party_id="k1", number="K1", name="PPE Résidence du Parc", address=RUMINE, email="ppe@delacroix.example"
)
K3 = PartyRegistered(
    party_id="k3",
    number="K3",
    name="Hôtel des Trois Tilleuls SA",
    address=Address(street="Grand-Rue", house_number="7", postcode="1260", city="Nyon"),
    email="hotel@tilleuls.example",
)
K4 = PartyRegistered(party_id="k4", number="K4", name="Metallbau Gerber AG", language="de", email="info@gerber.example")
SITE = SiteRegistered(site_id="s1", number="S1", name="Résidence du Parc", address=FLEURETTES)
LIFT = ObjectRegistered(object_id="lift-a", number="A", name="Ascenseur A", kind="lift", site_id="s1", debtor_id="k1")
DUE = ServiceDue(
    occurrence_id="o-1",
    contract_id="c-2",
    contract_kind="subscription",
    contract_version=1,
    position_id="p-1",
    cycle_id="half-yearly",
    k=0,
    object_id="lift-a",
    debtor_id="k3",
    service="révision",
    due_on=date(2026, 3, 30),
    prepare_on=date(2026, 3, 9),
    raised_on=date(2026, 3, 9),
)
APPOINTMENT = AppointmentAgreed(
    order_id="w-1",
    number="A-12",
    order_type="fault",
    object_id="lift-a",
    debtor_id="k1",
    starts_at=datetime(2026, 4, 7, 6, 20, tzinfo=UTC),
    ends_at=datetime(2026, 4, 7, 8, 35, tzinfo=UTC),
    agreed_on=date(2026, 4, 2),
)
REMINDER = ReminderIssued(
    reminder_id="m-1",
    number="M2026-0001",
    debtor_id="k4",
    issued_on=date(2026, 8, 14),
    invoices=(
        RemindedInvoice(
            invoice_id="i-8",
            number="R2026-0008",
            issued_on=date(2026, 6, 22),
            due_on=date(2026, 7, 22),
            open_amount=Decimal("469.65"),
            level=1,
        ),
    ),
    total=Decimal("469.65"),
)


def issued(number: str, debtor_id: str, payable: str = "1167.50") -> IssuedDocument:
    line = DocumentLine(
        line_id="l-1",
        kind="fee",
        object_id="lift-a",
        text="Contrat C-1",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 6, 30),
        amount=Decimal("1080.00"),
        net=Decimal("1080.00"),
        vat_rate=Decimal("8.1"),
    )
    return IssuedDocument(
        document_id=f"d-{number}",
        number=number,
        debtor_id=debtor_id,
        issued_on=date(2026, 1, 2),
        lines=(line, line.model_copy(update={"line_id": "l-2"})),
        net=Decimal("1080.00"),
        vat=(),
        total=Decimal("1167.48"),
        rounding=Decimal("0.02"),
        payable=Decimal(payable),
    )


def invoice(number: str, debtor_id: str) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=f"d-{number}", due_on=date(2026, 2, 1), document=issued(number, debtor_id), reference="1"
    )


def settings(folder: Path, **more: Any) -> NotificationsSettings:
    return NotificationsSettings(data=folder, log_level="error", **more)


@pytest.fixture
async def suite(tmp_path: Path, database: SecretStr | None) -> AsyncIterator[Trial]:
    async with trial(notifications=build(settings(tmp_path, database=database), clock=lambda: HEARD_AT)) as running:
        yield running


async def know(suite: Trial, *parties: PartyRegistered) -> None:
    for party in parties:
        await suite.publish(f"party-{party.party_id}", party)
    await suite.publish("site-s1", SITE)
    await suite.publish("object-lift-a", LIFT)


async def outbox(suite: Trial, **filters: str) -> list[dict[str, Any]]:
    await suite.settle()
    answer = await suite.get("/notifications/outbox", params=filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def until(suite: Trial, met: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    async with asyncio.timeout(60):
        found = await outbox(suite)
        while not met(found):
            found = await outbox(suite)
    return found


async def document(suite: Trial, row: dict[str, Any]) -> Any:
    return await suite.get(f"/notifications/outbox/{row['notification_id']}/document")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


async def test_an_appointment_goes_out_as_an_email_that_is_kept(suite: Trial) -> None:
    await know(suite, K1)
    await suite.publish("order-w-1", APPOINTMENT)
    (row,) = await outbox(suite)
    assert (row["kind"], row["channel"], row["state"]) == ("appointment", "email", "sent")
    assert (row["party"], row["about"], row["object_ids"]) == ("PPE Résidence du Parc", "w-1", ["lift-a"])
    assert row["requested_on"] == "2026-04-02"
    answer = await document(suite, row)
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"].startswith("attachment; ")  # it may hold HTML
    assert answer.headers["x-content-type-options"] == "nosniff"
    message = message_from_bytes(answer.content, policy=policy.SMTP)
    assert message["Message-ID"] == f"<{row['notification_id']}@rochat-ascenseurs.example>"
    assert message["Date"] == "Thu, 02 Apr 2026 08:00:00 +0200"
    assert message["To"] == "PPE Résidence du Parc <ppe@delacroix.example>"
    text = " ".join(str(message.get_content()).split())
    assert "le mardi 7 avril 2026 à 08:20" in text
    assert "Ascenseur A, Résidence du Parc, Ch. des Fleurettes 12, 1007 Lausanne" in text


@ON_BOTH
async def test_who_chose_letters_gets_a_letter(suite: Trial) -> None:
    await know(suite, K3)
    await suite.settle()
    chosen = await suite.request("PUT", "/notifications/preferences/k3", "planner", json={"channel": "letter"})
    assert chosen.status_code == 200, chosen.text
    await suite.publish("occurrence-o-1", DUE)
    await suite.publish("series-R-2026", invoice("R2026-0002", "k3"))
    rows = {row["kind"]: row for row in await outbox(suite)}
    assert {row["state"] for row in rows.values()} == {"printed"}
    due = await document(suite, rows["service_due"])
    assert due.headers["content-type"] == "application/pdf"
    for part in ("Hôtel des Trois Tilleuls SA", "Grand-Rue 7", "9 mars 2026", "révision", "Rochat Ascenseurs SA"):
        assert part in text_of(due.content)
    billed = text_of((await document(suite, rows["document"])).content)
    assert "Annexes" in billed
    assert "Facture R2026-0002" in billed
    assert (await suite.get("/notifications/outbox/counts")).json() == {"email": 0, "letter": 2}
    listed = (await suite.get("/notifications/preferences")).json()["items"]
    assert listed == [{"party_id": "k3", "channel": "letter"}]


async def test_without_an_email_address_it_is_a_letter_care_of_who_receives_the_post(suite: Trial) -> None:
    await know(suite, K1.model_copy(update={"email": None}))
    await suite.publish("series-R-2026", invoice("R2026-0001", "k1"))
    (row,) = await outbox(suite)
    assert (row["channel"], row["state"]) == ("letter", "printed")
    assert "c/o Régie Delacroix SA" in text_of((await document(suite, row)).content)


async def test_a_document_is_named_with_number_amount_due_date_and_link(suite: Trial) -> None:
    await know(suite, K1)
    await suite.publish("series-R-2026", invoice("R2026-0001", "k1"))
    credit = CreditNoteIssued(credit_note_id="d-G", corrects=("R2026-0001",), document=issued("G", "k1", "172.00"))
    await suite.publish("series-G-2026", credit)
    bill, note = sorted(await outbox(suite), key=lambda row: row["about"], reverse=True)
    said = " ".join(bill["paragraphs"]).replace("\N{NO-BREAK SPACE}", " ")
    for part in ("R2026-0001", "CHF 1’167.50", "1 février 2026"):
        assert part in said
    assert "http://127.0.0.1:8000/invoicing/invoices/d-R2026-0001/pdf" in said
    assert bill["object_ids"] == ["lift-a"]
    assert "CHF\N{NO-BREAK SPACE}172.00 en votre faveur" in " ".join(note["paragraphs"])


async def test_a_reminder_speaks_german_to_who_does(suite: Trial) -> None:
    await know(suite, K4)
    await suite.publish("reminder-m-1", REMINDER)
    (row,) = await outbox(suite, kind="reminder", channel="email", state="sent", party="k4")
    assert row["language"] == "de"
    assert row["subject"] == "Zahlungserinnerung M2026-0001 vom 14. August 2026"
    assert "CHF\N{NO-BREAK SPACE}469.65" in " ".join(row["paragraphs"])


async def test_a_contact_is_told_before_the_debtor(suite: Trial) -> None:
    await know(suite, K1, K3, K4)
    await suite.publish("order-w-1", APPOINTMENT.model_copy(update={"contact_id": "k4"}))
    await suite.publish("occurrence-o-1", DUE.model_copy(update={"contact_id": "k4"}))
    assert [row["party_id"] for row in await outbox(suite)] == ["k4", "k4"]


async def test_maintenance_and_our_own_objects_tell_nobody(suite: Trial) -> None:
    await know(suite, K1)
    await suite.publish("occurrence-o-1", DUE.model_copy(update={"contract_kind": "maintenance"}))
    await suite.publish("order-w-1", APPOINTMENT.model_copy(update={"order_type": "internal"}))
    await suite.publish("order-w-2", APPOINTMENT.model_copy(update={"debtor_id": None}))
    assert await outbox(suite) == []


async def test_what_is_not_known_yet_is_waited_for_in_any_order(suite: Trial) -> None:
    await suite.publish("order-w-1", APPOINTMENT)
    await suite.publish("series-R-2026", invoice("R2026-0001", "k1"))
    assert await outbox(suite) == []
    waiting = (await suite.get("/notifications/ops/waiting")).json()
    assert [held["note"] for held in waiting] == ["party k1", "party k1"]
    await suite.publish("party-k1", K1)
    (row,) = await until(suite, bool)
    assert row["kind"] == "document"
    await suite.publish("object-lift-a", LIFT)
    await suite.publish("site-s1", SITE)
    both = await until(suite, lambda rows: {row["state"] for row in rows} == {"sent"} and len(rows) == 2)
    assert {row["kind"] for row in both} == {"document", "appointment"}


async def test_what_comes_again_is_told_once_and_a_moved_appointment_anew(suite: Trial) -> None:
    await know(suite, K1)
    facts = {"order-w-1": APPOINTMENT, "series-R-2026": invoice("R2026-0001", "k1")}
    for stream, fact in facts.items():
        await suite.publish(stream, fact)
    assert len(await outbox(suite)) == 2
    suite.published.clear()  # so that the same revisions come again
    for stream, fact in facts.items():
        await suite.publish(stream, fact)
    assert len(await outbox(suite)) == 2
    await suite.publish("series-R-2026", invoice("R2026-0001", "k1"))  # told again by its producer
    assert len(await outbox(suite)) == 2
    later = datetime(2026, 4, 8, 6, 20, tzinfo=UTC)
    await suite.publish("order-w-1", APPOINTMENT.model_copy(update={"starts_at": later}))
    assert len(await outbox(suite)) == 3


async def test_old_news_is_recorded_and_told_to_nobody(tmp_path: Path) -> None:
    app = build(settings(tmp_path), clock=lambda: datetime(2026, 1, 8, 0, 0, 1, tzinfo=UTC))
    async with trial(notifications=app) as suite:
        await know(suite, K1)
        await suite.publish("order-w-1", APPOINTMENT)
        (row,) = await outbox(suite)
        assert (row["state"], row["document"]) == ("skipped", None)
        assert (await suite.get("/notifications/outbox/counts")).json() == {"email": 0, "letter": 0}
        assert (await suite.get("/notifications/events")).json()["events"] == []


async def test_an_object_that_moved_is_named_where_it_stands_now(suite: Trial) -> None:
    await know(suite, K1)
    await suite.publish("site-s2", SITE.model_copy(update={"site_id": "s2", "name": "Clinique", "address": None}))
    await suite.publish("structure", ObjectMoved(object_id="lift-a", parent_id="s2", site_id="s2"))
    await suite.settle()
    await suite.publish("order-w-1", APPOINTMENT)
    (row,) = await outbox(suite)
    assert "Ascenseur A, Clinique" in row["paragraphs"]


async def test_the_world_hears_of_it_and_of_no_persons_name(suite: Trial) -> None:
    await know(suite, K1, K3)
    await suite.settle()
    await suite.request("PUT", "/notifications/preferences/k3", "planner", json={"channel": "letter"})
    await suite.publish("order-w-1", APPOINTMENT)
    await suite.publish("occurrence-o-1", DUE)
    await suite.settle()
    events = (await suite.get("/notifications/events")).json()["events"]
    told = sorted(event["type"].split(".")[2] for event in events)
    assert told == ["LetterPrinted", "NotificationRequested", "NotificationRequested", "NotificationSent"]
    stored = await suite.runtime("notifications").engines.store.read_all(None, 100)
    everything = b"".join(event.data for event in stored).decode()
    assert "k1" in everything
    for personal in (K1.name, K3.name, str(K1.email), str(K3.email)):
        assert personal not in everything


async def test_a_mail_server_that_was_down_takes_it_when_it_is_up(tmp_path: Path, postbox: Any) -> None:
    app = build(settings(tmp_path, smtp=postbox.address, smtp_pause=0.05), clock=lambda: HEARD_AT)
    async with trial(notifications=app) as suite:
        await know(suite, K1)
        await suite.publish("order-w-1", APPOINTMENT)
        assert [row["state"] for row in await until(suite, bool)] == ["open"]
        async with postbox.serving():
            (row,) = await until(suite, lambda rows: rows[0]["state"] == "sent")
        (envelope,) = postbox.taken
        assert envelope.rcpt_tos == ["ppe@delacroix.example"]
        assert envelope.content == (await document(suite, row)).content


async def test_what_was_sent_but_not_recorded_is_the_same_message_again(
    tmp_path: Path, postbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build(settings(tmp_path, smtp=postbox.address), clock=lambda: HEARD_AT)
    async with postbox.serving(), trial(notifications=app) as suite:
        runtime, crashes = suite.runtime("notifications"), iter([True])
        handle = runtime.handle

        async def crashing(category: Any, stream_id: object, command: Any, because: Any) -> Any:
            if isinstance(command, MarkSent) and next(crashes, False):
                raise OSError("the power is gone")
            return await handle(category, stream_id, command, because)

        monkeypatch.setattr(runtime, "handle", crashing)
        await know(suite, K1)
        await suite.publish("order-w-1", APPOINTMENT)
        (row,) = await outbox(suite)
        assert row["state"] == "sent"
        first, second = postbox.taken
        assert first.content == second.content


async def test_what_failed_is_tried_again_when_someone_asks(tmp_path: Path, postbox: Any) -> None:
    postbox.refused = "ppe@delacroix.example"
    app = build(settings(tmp_path, smtp=postbox.address, smtp_tries=1), clock=lambda: HEARD_AT)
    async with trial(notifications=app) as suite:
        await know(suite, K1)
        await suite.publish("order-w-1", APPOINTMENT)
        (row,) = await outbox(suite)
        assert (row["state"], row["reason"]) == ("failed", "The mail server cannot be reached.")
        retry = f"/notifications/outbox/{row['notification_id']}/retry"
        async with postbox.serving():
            assert (await suite.post(retry, role="planner")).status_code == 200
            (row,) = await outbox(suite)
            assert (row["state"], row["reason"]) == ("failed", "The mail server refused the message with code 550.")
            await suite.publish("party-k1", PartyChanged(**K1.model_dump() | {"email": "new@delacroix.example"}))
            await suite.settle()
            assert (await suite.post(retry, role="planner")).status_code == 200
            (row,) = await outbox(suite)
        assert (row["state"], row["reason"]) == ("sent", None)
        assert [envelope.rcpt_tos for envelope in postbox.taken] == [["new@delacroix.example"]]


@pytest.mark.parametrize(
    ("party", "chosen", "reason"),
    [
        (K1.model_copy(update={"email": None}), "email", "no e-mail address"),
        (K1.model_copy(update={"address": None}), "letter", "no postal address"),
        (K1.model_copy(update={"email": "nobody"}), "email", "cannot be read"),
    ],
)
async def test_who_cannot_be_reached_is_a_failure_with_a_sentence(
    suite: Trial, party: PartyRegistered, chosen: str, reason: str
) -> None:
    await know(suite, party)
    await suite.settle()
    await suite.request("PUT", "/notifications/preferences/k1", "planner", json={"channel": chosen})
    await suite.publish("order-w-1", APPOINTMENT)
    (row,) = await outbox(suite)
    assert row["state"] == "failed"
    assert reason in row["reason"]


async def test_who_may_do_what_and_what_is_refused(suite: Trial) -> None:
    await know(suite, K1)
    await suite.publish("order-w-1", APPOINTMENT)
    (row,) = await outbox(suite)
    retry = f"/notifications/outbox/{row['notification_id']}/retry"
    assert (await suite.get("/notifications/outbox", role=None)).status_code == 401
    assert (await suite.post(retry, role="technician")).status_code == 403
    assert (await suite.request("PUT", "/notifications/preferences/k1", "viewer", json={})).status_code == 403
    for unknown in ("/notifications/outbox/none", "/notifications/outbox/none/document"):
        assert (await suite.get(unknown)).status_code == 404
    assert (await suite.post("/notifications/outbox/none/retry")).status_code == 404
    nobody = await suite.request("PUT", "/notifications/preferences/none", "planner", json={"channel": "letter"})
    assert nobody.status_code == 404
    refused = await suite.post(retry, role="planner")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Only a notification that failed is tried again.")
    wrong = await suite.request("PUT", "/notifications/preferences/k1", "planner", json={"channel": "fax"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "channel")
    assert (await suite.get("/notifications/outbox", params={"state": "lost"})).status_code == 422
    stale = await suite.request(
        "PUT", "/notifications/preferences/k1", "planner", json={"channel": "letter"}, headers={"If-Match": '"7"'}
    )
    assert stale.status_code == 412


@ON_BOTH
async def test_the_outbox_is_read_page_by_page_and_a_rebuilt_one_is_the_same(suite: Trial) -> None:
    await know(suite, K1)
    for n in range(5):
        await suite.publish(f"order-w-{n}", APPOINTMENT.model_copy(update={"order_id": f"w-{n}"}))
    everything = await outbox(suite)
    first = (await suite.get("/notifications/outbox", params={"limit": 3})).json()
    rest = (await suite.get("/notifications/outbox", params={"limit": 3, "cursor": first["next"]})).json()
    assert first["items"] + rest["items"] == everything
    assert rest["next"] is None
    assert (await suite.post("/notifications/ops/rebuild/notifications.outbox")).status_code == 202
    while "notifications.outbox" in suite.runtime("notifications").consuming.rebuilds:
        await suite.settle()
    assert await outbox(suite) == everything
