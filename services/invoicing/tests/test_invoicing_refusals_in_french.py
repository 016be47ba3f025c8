"""What the books refuse is said in French to a bookkeeper who reads French, with days and amounts."""

from datetime import date
from typing import Any

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def refused(firm: Any, path: str, body: Any = None, form: Any = None) -> str:
    """Send a form or a body; gives the page that refuses it."""
    answer = await firm.suite.request("POST", f"/invoicing{path}", "bookkeeper", json=body, data=form, headers=FRENCH)
    assert answer.status_code == 409, answer.text
    return str(answer.text)


async def test_a_month_that_is_not_over(firm: Any) -> None:
    page = await refused(firm, "/pages/journal/close", form={"month": "2199-01-01"})
    assert "Clôturez 2199-01 après son dernier jour, le 31 janv. 2199." in page


async def test_more_than_is_left_of_a_line(firm: Any) -> None:
    await firm.work("f1", "A", date(2026, 4, 7), "repair 2.25, km 24, part 1 door-contact")
    (invoice,) = await firm.invoices()
    goodwill = {"reason": "late", "rates": {"8.1": "1250000.50"}, "date": "2026-04-08"}
    page = await refused(firm, f"/invoices/{invoice['document_id']}/goodwill", goodwill)
    assert "Remboursez au plus " in page
    assert " sur le taux de 8.1 % : il n’en reste pas davantage après les notes de crédit précédentes." in page


async def test_a_document_that_is_not_known(firm: Any) -> None:
    nothing = "00000000-0000-0000-0000-000000000000"
    answer = await firm.suite.get(f"/invoicing/pages/documents/{nothing}", "bookkeeper", headers=FRENCH)
    assert (answer.status_code, f"Inconnu ici : Le document {nothing}." in answer.text) == (404, True)
