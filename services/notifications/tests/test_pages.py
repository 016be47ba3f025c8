"""The outbox as a person sees it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from carnet.events.dispatch import AppointmentAgreed
from carnet.events.fact import Address
from carnet.events.objects import ObjectRegistered, PartyRegistered
from carnet.kernel.trial import Trial, trial
from carnet.notifications.app import build
from carnet.notifications.settings import NotificationsSettings

BROWSER = {"Accept": "text/html", "Accept-Language": "en"}
ADDRESS = Address(street="Grand-Rue", house_number="7", postcode="1260", city="Nyon")
PARTY = PartyRegistered(party_id="k3", number="K3", name="Hôtel <Tilleuls>", address=ADDRESS, language="en")
OBJECT = ObjectRegistered(object_id="waiter", number="M", name="Dumb waiter", kind="lift", debtor_id="k3")
APPOINTMENT = AppointmentAgreed(
    order_id="w-1",
    number="A-12",
    order_type="subscription",
    object_id="waiter",
    debtor_id="k3",
    starts_at=datetime(2026, 3, 17, 7, tzinfo=UTC),
    ends_at=datetime(2026, 3, 17, 9, tzinfo=UTC),
    agreed_on=date(2026, 3, 10),
)


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Trial]:
    app = build(NotificationsSettings(data=tmp_path, log_level="error"), clock=lambda: datetime(2026, 1, 3, tzinfo=UTC))
    async with trial(notifications=app) as running:
        yield running


async def page(suite: Trial, path: str, role: str | None = "planner", **more: Any) -> str:
    answer = await suite.get(path, role=role, headers=BROWSER | more.pop("headers", {}), **more)
    assert answer.status_code == 200, answer.text
    return answer.text


async def told(suite: Trial, party: PartyRegistered = PARTY) -> str:
    await suite.publish("party-k3", party)
    await suite.publish("object-waiter", OBJECT)
    await suite.publish("order-w-1", APPOINTMENT)
    await suite.settle()
    (row,) = (await suite.get("/notifications/outbox")).json()["items"]
    return str(row["notification_id"])


async def test_an_empty_outbox_says_what_will_come(suite: Trial) -> None:
    assert "Nothing has been sent yet." in await page(suite, "/notifications/")
    assert "Rien n’a encore été envoyé." in await page(suite, "/notifications/", headers={"Accept-Language": "fr"})
    assert (await suite.get("/notifications/", role=None, headers=BROWSER)).status_code == 303


async def test_the_outbox_lists_filters_and_escapes(suite: Trial) -> None:
    message = await told(suite)
    shown = await page(suite, "/notifications/")
    for part in (f"/notifications/pages/outbox/{message}", "Hôtel &lt;Tilleuls&gt;", "Appointment", "Printed"):
        assert part in shown
    assert message in await page(suite, "/notifications/?channel=letter&state=printed&party=k3&kind=appointment")
    other = await page(suite, "/notifications/?channel=email")
    assert "Nothing in the outbox is like this." in other
    fragment = await page(suite, "/notifications/?channel=letter", headers={"HX-Request": "true"})
    assert message in fragment
    assert "<html" not in fragment


async def test_a_message_is_readable_and_its_letter_is_at_hand(suite: Trial) -> None:
    message = await told(suite)
    shown = await page(suite, f"/notifications/pages/outbox/{message}", role="viewer")
    for part in ("Tuesday 17 March 2026 at 08:00", "Dumb waiter", "Open the letter as PDF", 'lang="en"'):
        assert part in shown
    assert "How we write to this party" not in shown
    unknown = await suite.get("/notifications/pages/outbox/none", headers=BROWSER)
    assert unknown.status_code == 404


async def test_a_planner_chooses_the_channel_and_tries_again(suite: Trial) -> None:
    message = await told(suite, PARTY.model_copy(update={"address": None}))
    here = f"/notifications/pages/outbox/{message}"
    shown = await page(suite, here)
    assert "The party has no postal address" in shown
    assert "Try again" in shown
    chosen = await suite.post(f"{here}/channel", data={"channel": "email"}, role="bookkeeper", headers=BROWSER)
    assert chosen.status_code == 303
    assert 'value="email" checked' in await page(suite, chosen.headers["location"])
    await suite.publish("party-k3", PARTY)
    await suite.settle()
    again = await suite.post(f"{here}/retry", role="planner", headers=BROWSER)
    assert again.status_code == 303
    await suite.settle()
    assert "Open the letter as PDF" in await page(suite, again.headers["location"])
    refused = await suite.post(f"{here}/retry", role="planner", headers=BROWSER | {"Accept-Language": "fr"})
    assert refused.status_code == 409
    assert "Seul un envoi qui a échoué" in refused.text
