"""A reported quantity is corrected by the office, before and after the approval; the order says what, when and who."""

import re
from decimal import Decimal
from typing import Any

from carnet.dispatch.domain.work import Item
from carnet.dispatch.streams.corrections import differences
from carnet.events.invoicing import ArticlePublished

HTML = {"Accept": "text/html", "Accept-Language": "en"}
DAY = "2026-04-07"


async def show(firm: Any, path: str, role: str = "bookkeeper", language: str = "en") -> str:
    await firm.suite.settle()
    answer = await firm.suite.get(f"/dispatch/pages{path}", role, headers=HTML | {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def send(firm: Any, path: str, role: str = "bookkeeper", **fields: Any) -> Any:
    return await firm.suite.request("POST", f"/dispatch/pages{path}", role, data=fields, headers=HTML)


async def done(firm: Any) -> tuple[str, str]:
    """Give an order that is completed, with its only report: 2.25 h of repair and a door contact."""
    article = {"article": "door-contact", "name": "Contact de porte", "unit": "piece", "kind": "part"}
    told = ArticlePublished.model_validate({**article, "price": "74.50", "valid_from": "2026-01-01"})
    await firm.suite.publish("article-door-contact", told)
    order = await firm.fault()
    await firm.plan(order, f"{DAY}T08:00+02:00", f"{DAY}T10:00+02:00", firm.keller)
    report = await firm.report(order, firm.keller, DAY, ("repair", "2.25"), ("part", "1", "door-contact"))
    assert (await send(firm, f"/orders/{order}/completion", role="technician")).status_code == 303
    return order, f"/orders/{order}/reports/{report}"


def filled(form: str, **changed: str) -> dict[str, str]:
    """Give what a browser would send of the correction form, with some fields typed over."""
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    fields = {name: value for name, value in fields.items() if not name.startswith("warranty")}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return {**fields, **changed}


async def test_the_office_corrects_quantities_before_the_approval(firm: Any) -> None:
    order, path = await done(firm)
    assert path in await show(firm, f"/orders/{order}")
    form = await show(firm, path)
    assert "Contact de porte" in form
    changed = filled(form, quantity_0="1.75", quantity_1="", kind_2="km", quantity_2="24", warranty_0="yes")
    assert (await send(firm, path, **changed)).status_code == 303
    (told,) = await firm.published("WorkReportCorrected")
    items = [(item["kind"], item["quantity"], item["warranty"]) for item in told["items"]]
    assert items == [("repair", "1.75", True), ("km", "24", False)]
    shown = await show(firm, f"/orders/{order}")
    history = shown[shown.index("What was corrected") :]
    assert "<td>Bookkeeper</td>" in history  # the one who looks, by name
    for text in ("Repair, hours: 2.25", "Repair, hours: 1.75 (Warranty)", "Part Contact de porte: 1"):
        assert text in history
    assert "Ce qui a été corrigé" in await show(firm, f"/orders/{order}", language="fr")


async def test_a_correction_withdraws_the_approval_and_the_office_approves_again(firm: Any) -> None:
    order, path = await done(firm)
    assert (await send(firm, f"/orders/{order}/approval")).status_code == 303
    form = await show(firm, path)
    assert "once it is corrected, it must be approved again" in form
    assert (await send(firm, path, **filled(form, quantity_0="2"))).status_code == 303
    assert "Approve the work" in await show(firm, f"/orders/{order}")
    assert (await send(firm, f"/orders/{order}/approval")).status_code == 303
    assert "Approve the work" not in await show(firm, f"/orders/{order}")


async def test_a_wrong_correction_is_shown_at_its_field_and_nothing_typed_is_lost(firm: Any) -> None:
    _, path = await done(firm)
    form = await show(firm, path)
    refused = await send(firm, path, **filled(form, quantity_0="a lot", article_1="", note="as the customer said"))
    assert refused.status_code == 422
    for text in ("Write a number such as 2.25", 'value="a lot"', "Fill this in.", "as the customer said"):
        assert text in refused.text
    assert await firm.published("WorkReportCorrected") == []
    more = await send(firm, path, **filled(form, quantity_0="3"), do="more")
    assert ('value="3"' in more.text, "Quantity, line 5" in more.text) == (True, True)
    none = await send(firm, path, **filled(form, kind_0="magic"))
    assert "Choose what was done." in none.text


async def test_a_correction_of_what_changed_meanwhile_is_refused_and_a_repeated_one_is_not(firm: Any) -> None:
    order, path = await done(firm)
    form = await show(firm, path)
    assert (await send(firm, path, **filled(form, quantity_0="2"))).status_code == 303
    assert (await send(firm, path, **filled(form, quantity_0="2"))).status_code == 303
    assert len(await firm.published("WorkReportCorrected")) == 1
    late = await send(firm, path, **filled(form, quantity_0="3"))
    assert (late.status_code, "Someone has changed this meanwhile" in late.text, 'value="3"' in late.text) == (
        409,
        True,
        True,
    )
    assert "Repair, hours: 3" not in await show(firm, f"/orders/{order}")


async def test_only_the_office_corrects_on_the_page_and_only_reports_that_are_there(firm: Any) -> None:
    order, path = await done(firm)
    assert (await firm.suite.get(f"/dispatch/pages{path}", "technician", headers=HTML)).status_code == 403
    assert (await send(firm, path, role="viewer", rows="1")).status_code == 403
    assert path not in await show(firm, f"/orders/{order}", role="viewer")
    assert (await send(firm, f"/orders/{order}/reports/none", rows="1")).status_code == 404


def test_what_is_gone_stands_beside_what_came_for_it() -> None:
    hours, fewer = Item(kind="repair", quantity=Decimal("2.25")), Item(kind="repair", quantity=Decimal("1.75"))
    part, km = Item(kind="part", quantity=Decimal(1), article="lamp"), Item(kind="km", quantity=Decimal(24))
    assert differences([hours, part], [fewer, part, km]) == [(hours, fewer), (None, km)]
    assert differences([hours, hours], [hours]) == [(hours, None)]
    assert differences([part], [part]) == []
