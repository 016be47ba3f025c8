"""What the outbox does not know is said in French to a person who reads French."""

from pathlib import Path

from carnet.kernel.trial import trial
from carnet.notifications.app import build
from carnet.notifications.settings import NotificationsSettings


async def test_a_notification_that_is_not_known(tmp_path: Path) -> None:
    async with trial(notifications=build(NotificationsSettings(data=tmp_path, log_level="error"))) as suite:
        french = {"Accept": "text/html", "Accept-Language": "fr"}
        answer = await suite.get("/notifications/pages/outbox/n-9", "planner", headers=french)
        english = await suite.get("/notifications/pages/outbox/n-9", "planner")
    assert (answer.status_code, "Inconnu ici : La notification n-9. Vérifiez le numéro." in answer.text) == (404, True)
    assert english.json()["detail"] == "The notification n-9 is not known here; check its number."
