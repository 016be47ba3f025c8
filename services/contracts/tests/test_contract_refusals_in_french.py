"""What a contract refuses is said in French at the field that it names, with its days."""

from typing import Any

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def test_a_notice_that_is_too_short(firm: Any, bodies: dict[str, Any]) -> None:
    body = {**bodies["C-1"], "end": "2026-12-31", "notice": {"months": 3}}
    contract = await firm.sign(body)
    form = {"last_day": "2026-02-28", "reason": ""}
    refused = await firm.send(f"/contracts/pages/contracts/{contract}/termination", form)
    assert refused.status_code == 409
    assert "Un préavis du 1 janv. 2026 met fin à ce contrat le 31 déc. 2026 au plus tôt" in refused.text


async def test_a_change_before_the_contract(firm: Any, bodies: dict[str, Any]) -> None:
    contract = await firm.sign(bodies["C-1"])
    form = {"what": "suspend", "day": "2025-12-31"}
    refused = await firm.send(f"/contracts/pages/contracts/{contract}/amendments", form)
    assert refused.status_code == 409
    assert "Le contrat commence le 1 janv. 2026 : suspendez-le à partir de ce jour ou plus tard." in refused.text


async def test_a_contract_that_is_not_known(firm: Any) -> None:
    answer = await firm.suite.get("/contracts/pages/contracts/C-9", headers=FRENCH)
    assert (answer.status_code, "Inconnu ici : Le contrat C-9. Vérifiez le numéro." in answer.text) == (404, True)
