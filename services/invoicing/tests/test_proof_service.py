"""Each line tells how it came about, to the customer's accountant in the document's language (B2)."""

from datetime import date, datetime
from typing import Any

from carnet.events.contracts import ContractAmended

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
SUPPLEMENT = "B/2026-01-01/1"


async def proof(firm: Any, number: str, line_id: str) -> dict[str, Any]:
    document = await firm.by_number(number)
    answer = await firm.suite.get(f"/invoicing/lines/{document['document_id']}/{line_id}/proof")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def amended(firm: Any) -> None:
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    day = {"valid_from": date(2026, 5, 18), "recorded": date(2026, 5, 6)}
    terms = firm.version(2, firm.lift_a, firm.lift_b, firm.door_c, **day)
    await firm.suite.publish("contract-c-1", ContractAmended(contract_id="c-1", terms=terms, reason="Lift B"))
    await firm.suite.settle()
    await firm.run(date(2026, 6, 1))


async def test_b2_a_fee_is_proved_from_its_amendment_to_its_tax(firm: Any) -> None:
    await amended(firm)
    told = await proof(firm, "R2026-0002", SUPPLEMENT)
    assert [(each["version"], each["change"], each["reason"]) for each in told["amendments"]] == [
        (1, "signed", ""),
        (2, "amended", "Lift B"),
    ]
    assert (told["proof"]["proof"]["fraction"], told["proof"]["proof"]["period_days"]) == ("29040/181", 181)
    assert told["vat"] == {"8.1": "13.00"}
    assert told["sentences"] == [
        "Contrat C-1, version 1 : signé, valable dès le 01.01.2026, enregistré le 01.01.2026.",
        "Contrat C-1, version 2 : modifié, valable dès le 18.05.2026, enregistré le 06.05.2026. Lift B",
        "Période du 01.01.2026 au 30.06.2026, 181 jours.",
        "Du 18.05.2026 au 30.06.2026 : 44 jours à 1’320.00 par an, TVA 8.1 %.",
        "Dû pour la période : 29040/181 = 160.441988…, arrondi une fois à 160.44.",
        "Dont au taux de 8.1 % : 160.44.",
        "Facturé auparavant à ce taux : 0.00. Cette ligne : 160.44.",
        "Code TVA standard, décidé par défaut.",
        "TVA du document au taux de 8.1 % : 160.44 × 8.1 % = 13.00.",
        "Total du document 173.44, arrondi à 173.45 : +0.01.",
    ]


async def test_the_events_that_led_to_a_line_have_their_recorded_times(firm: Any) -> None:
    await amended(firm)
    events = (await proof(firm, "R2026-0002", SUPPLEMENT))["events"]
    assert {each["event"] for each in events} == {
        "contract signed",
        "contract amended",
        "fees-claimed.v1",
        "document-issued.v1",
        "document-rendered.v1",
    }
    times = [datetime.fromisoformat(each["recorded_at"]) for each in events]
    assert times == sorted(times)
    assert all(each.tzinfo for each in times)


async def test_a_credit_names_what_was_billed_before(firm: Any) -> None:
    await amended(firm)
    await firm.sign(firm.version(3, firm.lift_a, firm.lift_b, firm.door_c_leaves))
    out = firm.door_c.model_copy(update={"last_day": date(2026, 3, 31)})
    await firm.sign(firm.version(4, firm.lift_a, firm.lift_b, out))
    await firm.run(date(2026, 6, 2))
    note = await firm.by_number("G2026-0001")
    told = await proof(firm, "G2026-0001", note["blocks"][0]["lines"][0]["line_id"])
    assert [(each["number"], each["net"]) for each in told["billed_before"]] == [("R2026-0001", "240.00")]
    assert [each["version"] for each in told["amendments"]] == [2, 3, 4]
    assert told["sentences"][-5:-1] == [
        "Facturé auparavant à ce taux : 240.00. Cette ligne : -120.66.",
        "Rectifie la ligne C/2026-01-01/1 de R2026-0001.",
        "Code TVA standard, décidé par défaut.",
        "TVA du document au taux de 8.1 % : 120.66 × 8.1 % = 9.77.",
    ]


async def test_work_and_goodwill_are_proved_too_each_in_the_language_of_its_document(firm: Any) -> None:
    await firm.ask("PUT", "/invoicing/debtors/K4", {"language": "de"})
    await firm.work("f1", "hydraulic", date(2026, 4, 7), "repair 2.25")
    (invoice,) = await firm.invoices()
    told = await proof(firm, "R2026-0001", "f1-r1/1")
    assert told["sentences"][0] == "2.25 × 145.00 = 326.25; zulasten des Kunden: 326.25."
    assert {"billable-work-noted.v1", "work-claimed.v1"} <= {each["event"] for each in told["events"]}
    given = {"reason": "zu spät", "lines": {"f1-r1/1": "26.25"}, "date": "2026-04-08"}
    await firm.ask("POST", f"/invoicing/invoices/{invoice['document_id']}/goodwill", given)
    told = await proof(firm, "G2026-0001", "f1-r1/1")
    assert (told["kind"], told["proof"], told["sentences"][:2]) == (
        "goodwill",
        {"reason": "zu spät"},
        ["Kulanz: zu spät", "Kulanz auf der Zeile f1-r1/1 von R2026-0001: 26.25."],
    )


async def test_the_page_of_a_line_tells_it_in_the_documents_language(firm: Any) -> None:
    await amended(firm)
    document = await firm.by_number("R2026-0002")
    path = f"/invoicing/pages/documents/{document['document_id']}/lines/{SUPPLEMENT}"
    shown = (await firm.suite.get(path, role="viewer", headers=ENGLISH)).text
    for text in ('lang="fr"', "29040/181 = 160.441988…", "What led to it", "fees-claimed.v1", "Lift B"):
        assert text in shown
    assert (await firm.suite.get(path.replace("/B/", "/Z/"), role="viewer", headers=ENGLISH)).status_code == 404


async def test_the_proof_says_what_decided_the_tax_code_of_a_fee(firm: Any) -> None:
    """The debtor's code comes before the place's, that before the default (R3); it is frozen in the line."""
    exempt = {"tax_codes": [{"valid_from": "2026-01-01", "code": "exempt"}]}
    await firm.ask("PUT", "/invoicing/places/A", exempt)
    await firm.sign(firm.version(1, firm.lift_a, firm.door_c))
    await firm.run(date(2026, 1, 1))
    told = {each: await proof(firm, "R2026-0001", f"{each}/2026-01-01/1") for each in ("A", "C")}
    assert [each["proof"]["tax_decided_by"] for each in told.values()] == ["place", "default"]
    assert [each["decided_by"] for each in told["A"]["proof"]["proof"]["segments"]] == ["place"]
    assert "Code TVA exempt, décidé par le lieu de la prestation." in told["A"]["sentences"]
    await firm.ask("PUT", "/invoicing/debtors/K1", {"tax_codes": [{"valid_from": "2026-07-01", "code": "export"}]})
    await firm.run(date(2026, 7, 1))
    later = await proof(firm, "R2026-0002", "A/2026-07-01/1")
    assert "Code TVA export, décidé par le débiteur." in later["sentences"]
    assert (await proof(firm, "R2026-0001", "A/2026-01-01/1"))["sentences"] == told["A"]["sentences"]


async def test_the_proof_of_work_says_who_bears_it_and_what_decided_its_tax_code(firm: Any) -> None:
    await firm.work("f1", "A", date(2026, 4, 7), "repair 1, part 1 door-contact", shares=firm.covered)
    told = await proof(firm, "R2026-0001", "f1-r1/2")
    assert "À la charge du contrat : 50 %." in told["sentences"]
    assert "Code TVA standard, décidé par l’article." in told["sentences"]
    assert told["proof"]["tax_decided_by"] == "article"
