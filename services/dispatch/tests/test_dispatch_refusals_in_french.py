"""What planning refuses is said in French to a planner who reads French, with days and hours."""

from typing import Any

from carnet.events.inbound import Absence

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}
PLAN = {"day": "2026-06-10", "start": "08:00", "end": "10:00"}


async def refused(firm: Any, path: str, **form: Any) -> str:
    """Send a form; gives the page that refuses it."""
    answer = await firm.suite.request("POST", f"/dispatch/pages{path}", "planner", data=form, headers=FRENCH)
    assert answer.status_code == 409, answer.text
    return str(answer.text)


async def test_someone_who_is_away(firm: Any) -> None:
    days = {"starts_at": "2026-06-08T00:00+02:00", "ends_at": "2026-06-27T00:00+02:00"}
    absence = {"id": "ZR-1", "technician_number": "1", "kind": "military_service", **days}
    await firm.suite.publish("absences-1", Absence.model_validate(absence))
    await firm.suite.settle()
    page = await refused(firm, f"/orders/{await firm.fault()}/plan", **PLAN, technician=[firm.favre])
    away = "Luc Favre est au service militaire du 8 au 26 juin 2026 : choisissez une autre personne ou un autre jour."
    assert away in page


async def test_someone_who_is_booked(firm: Any) -> None:
    await firm.plan(await firm.fault(), "2026-06-10T08:00+02:00", "2026-06-10T09:00+02:00", firm.keller)
    page = await refused(firm, f"/orders/{await firm.fault('hydro')}/plan", **PLAN, technician=[firm.keller])
    assert "Sandra Keller est déjà réservé le 10 juin 2026 de 08:00 à 09:00 : choisissez" in page


async def test_someone_who_lacks_a_skill(firm: Any) -> None:
    order = await firm.fault("hydro", needs={"skills": ["hydraulic"]})
    page = await refused(firm, f"/orders/{order}/plan", **PLAN, technician=[firm.keller])
    assert "Il manque à Sandra Keller hydraulic, que cet ordre demande ; " in page
    assert "Driton Krasniqi et Luc Favre ont hydraulic et sont libres." in page


async def test_an_order_that_was_cancelled(firm: Any) -> None:
    order = await firm.fault()
    await firm.post(f"/orders/{order}/cancellation", {"reason": "moved"})
    page = await refused(firm, f"/orders/{order}/plan", **PLAN, technician=[firm.keller])
    assert "a été annulé : rouvrez-le pour le planifier." in page
