"""What the office sees of its contracts: the list, one contract, and what falls due."""

from typing import Any

HTMX = {"HX-Request": "true"}


async def test_the_list_is_empty_then_shows_contracts(firm: Any, bodies: dict[str, Any]) -> None:
    assert "Aucun contrat" in await firm.page("/contracts/")
    contract = await firm.sign(bodies["C-1"])
    assert f"/contracts/pages/contracts/{contract}" in await firm.page("/contracts/")
    assert "C-1" not in (await firm.page("/contracts/?q=X", **HTMX)).replace("C-10", "")


async def test_a_contract_shows_its_services_and_faults_and_leads_on(firm: Any, bodies: dict[str, Any]) -> None:
    address = f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}"
    await firm.run("2026-01-01")
    text = await firm.page(address)
    for words in ("Prestations 2026", "15 janv. 2026", "promise", "ouverte", "CHF\u00a01’680.00"):
        assert words in text
    for link in ("/objects/pages/parties/party-K1", "/objects/pages/nodes/lift-A", "/invoicing/?contract="):
        assert f'href="{link}' in text
    assert f'href="{address}/amendments/new?what=add"' in text
    assert "amendments/new" not in await firm.page(address, role="viewer")
    assert "15 avr. 2027" in await firm.page(f"{address}?year=2027")


async def test_a_contract_tells_how_it_came_about_in_words(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    await firm.register("lift-B")
    await firm.amend(contract, "2026-05-11", bodies["B"])
    for n in range(2, 10):
        fee = {"change": "reprice", "position_id": "A", "fee": f"{n}00", "valid_from": f"2026-0{n}-01"}
        await firm.amend(contract, "2026-05-12", fee)
    text = await firm.page(f"/contracts/pages/contracts/{contract}")
    for words in (
        "Position B ajoutée : lift-B dès le 18 mai 2026, CHF\u00a01’320.00 par an",
        "quarterly : tous les 3 mois dès le 18 août 2026",
        "Redevance de la position A dès le 1 sept. 2026 : CHF\u00a0900.00 par an",
        "<td>test-admin<br>",
        "11 mai 2026",
    ):
        assert words in text
    text = await firm.page(f"/contracts/pages/contracts/{contract}", role="admin")
    assert "<td>Admin<br>" in text  # to herself, by name
    assert text.index('<th scope="row">10</th>') < text.index('<th scope="row">1</th>')


async def test_the_visits_of_the_contract_year_are_counted(firm: Any, bodies: dict[str, Any]) -> None:
    address = f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}"
    await firm.register("lift-A")
    await firm.register("door-C")
    await firm.run("2026-04-30")
    await firm.create_orders()
    await firm.complete("2026-01-15", "2026-01-16")
    text = await firm.page(address)
    assert "Visites de l’année contractuelle" in text
    counted = [text.split(f"<dt>{name}</dt><dd>")[1].split("<")[0] for name in ("Convenues", "Réservées", "Utilisées")]
    assert counted == ["5", "1", "1"]


async def test_a_service_is_excused_on_the_page(firm: Any, bodies: dict[str, Any]) -> None:
    address = f"/contracts/pages/contracts/{await firm.sign(bodies['C-1'])}"
    await firm.run("2026-01-01")
    (service,) = [each for each in await firm.due() if each["status"] == "open"]
    assert f'value="{service["occurrence_id"]}"' in await firm.page(address)
    sent = {"occurrence": service["occurrence_id"], "reason": "Chantier chez le client"}
    done = await firm.send(f"{address}/excuse", sent)
    assert "Chantier chez le client" in await firm.page(done.headers["location"])
    assert (await firm.send(f"{address}/excuse", {**sent, "occurrence": "nothing"})).status_code == 404
    assert (await firm.send(f"{address}/excuse", sent, role="viewer")).status_code == 403


async def test_what_falls_due_is_shown_and_prepared(firm: Any, bodies: dict[str, Any]) -> None:
    assert "Aucune prestation" in await firm.page("/contracts/pages/due")
    await firm.sign(bodies["C-1"])
    assert "promise" in await firm.page("/contracts/pages/due", **HTMX)
    assert (await firm.send("/contracts/pages/runs", {"day": "2026-01-01"})).status_code == 303
    shown = await firm.page("/contracts/pages/due")
    assert "Le traitement du 1 janvier 2026 a préparé : 1." in shown
    assert "ouverte" in shown
    refused = await firm.send("/contracts/pages/runs", {"day": "2026-01-01"}, role="viewer")
    assert refused.status_code == 403
