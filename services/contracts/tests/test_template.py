"""A template is all of a contract but its parties, dates and objects; changing it changes no contract (S15, S66)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.contracts.domain.contract import Sign, contract
from carnet.contracts.domain.notice import notice_day
from carnet.contracts.domain.pattern import CoveragePattern, CyclePattern, Pattern
from carnet.contracts.domain.template import (
    Command,
    KeepTemplate,
    RetireTemplate,
    Template,
    TemplateKept,
    TemplateRetired,
    template,
)
from carnet.contracts.domain.template_use import made_of, pattern_of, terms_from
from carnet.contracts.domain.terms import Notice, Parties, Reaction, Shares, TemplateUsed, Terms
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given, repeated_adds_nothing

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

given = Given(template)
today, start = date(2026, 2, 1), date(2026, 3, 1)
LIFT = Pattern(
    kind="maintenance",
    every_months=6,
    term_months=24,
    fee=Decimal("1680.00"),
    visit_price=Decimal("190.00"),
    cycles=(
        CyclePattern(cycle_id="quarterly", service="quarterly", every_months=3, first_after_days=14),
        CyclePattern(cycle_id="yearly", service="yearly", every_months=12, first_after_days=104, persons=2),
    ),
    coverage=CoveragePattern(shares=Shares(labour=Decimal(1))),
    reactions=(Reaction(priority="normal", within_minutes=240, calendar="standard"),),
    notice=Notice(months=3, renews_for_months=12),
)


def kept(pattern: Pattern = LIFT, version: int = 1) -> TemplateKept:
    return TemplateKept(name="Lift", version=version, pattern=pattern, recorded=today)


def keep(pattern: Pattern = LIFT) -> KeepTemplate:
    return KeepTemplate(name="Lift", pattern=pattern, recorded=today)


def made(pattern: Pattern = LIFT, version: int = 1) -> Terms:
    used = Template("Lift", version, pattern)
    return terms_from(used, "C-1", Parties(debtor_id="K1"), start, ["lift-A", "lift-B"])


def test_a_template_is_kept_in_versions() -> None:
    dearer = LIFT.model_copy(update={"fee": Decimal(1800)})
    assert given().when(keep()) == [kept()]
    assert given(kept()).when(keep()) == []
    assert given(kept()).when(keep(dearer)) == [kept(dearer, 2)]


def test_a_retired_template_is_offered_no_more_until_it_is_kept_again() -> None:
    retired = TemplateRetired(name="Lift", recorded=today)
    assert given(kept()).when(RetireTemplate(recorded=today)) == [retired]
    assert given(kept(), retired).when(keep()) == [kept(version=2)]
    given().refuses(RetireTemplate(recorded=today), because="no template")
    sent: list[Command] = [keep(), RetireTemplate(recorded=today), keep()]
    repeated_adds_nothing(template, sent)


def test_a_contract_is_made_of_a_template_and_names_its_version() -> None:
    terms = made(version=2)
    assert [position.object_id for position in terms.positions] == ["lift-A", "lift-B"]
    assert [position.prices[0].fee for position in terms.positions] == [Decimal("1680.00")] * 2
    assert [cycle.anchor for cycle in terms.positions[1].plans[0].cycles] == [date(2026, 3, 15), date(2026, 6, 13)]
    assert (terms.end, notice_day(terms)) == (date(2028, 2, 29), date(2027, 11, 30))
    assert terms.billing.anchor == start
    assert terms.template == TemplateUsed(name="Lift", version=2)
    assert Given(contract)().when(Sign(contract_id="C-1", terms=terms, recorded=today))


def test_terms_give_back_the_pattern_that_they_were_made_of() -> None:
    assert pattern_of(made()) == LIFT
    bare = Pattern(kind="licence")
    assert pattern_of(made(bare)) == bare


def test_terms_that_a_person_wrote_with_a_template_name_its_version() -> None:
    written = made().model_copy(update={"template": None, "reactions": ()})
    told = made_of(written, Template("Lift", 3, LIFT))
    assert told == written.model_copy(update={"template": TemplateUsed(name="Lift", version=3)})
    with pytest.raises(Rejected, match="retired"):
        made_of(written, Template("Lift", 3, LIFT, retired=True))


@ON_BOTH
async def test_changing_a_template_changes_no_contract(firm: Any) -> None:
    body = LIFT.model_dump(mode="json")
    put = await firm.suite.request("PUT", "/contracts/templates/Lift", "planner", json=body)
    assert put.status_code == 200, put.text
    new = {"number": "C-1", "debtor_id": "K1", "start": "2026-03-01", "object_ids": ["lift-A"]}
    signed = await firm.suite.post("/contracts/templates/Lift/contracts", new)
    assert signed.status_code == 201, signed.text
    changed = {**body, "fee": "1800.00"}
    await firm.suite.request("PUT", "/contracts/templates/Lift", "planner", json=changed)
    await firm.suite.settle()
    terms = (await firm.suite.get("/contracts/C-1")).json()["terms"]
    assert (terms["positions"][0]["prices"][0]["fee"], terms["template"]) == ("1680.00", {"name": "Lift", "version": 1})
    offer = {**new, "number": "C-2", "valid_until": "2026-02-28"}
    assert (await firm.suite.post("/contracts/templates/Lift/contracts", offer)).status_code == 201
    await firm.suite.settle()
    assert (await firm.suite.get("/contracts/offers/C-2")).json()["terms"]["template"]["version"] == 2
    (listed,) = (await firm.suite.get("/contracts/templates")).json()["items"]
    assert (listed["version"], listed["pattern"]["fee"]) == (2, "1800.00")
    assert (await firm.suite.request("DELETE", "/contracts/templates/Lift", "planner")).status_code == 200
    late = await firm.suite.post("/contracts/templates/Lift/contracts", {**new, "number": "C-3"})
    assert (late.status_code, late.json()["detail"]) == (409, "This template is retired: choose another one.")
    assert (await firm.suite.post("/contracts/templates/Door/contracts", new)).status_code == 404


async def test_a_template_is_kept_from_the_form_and_begins_the_next_contract(firm: Any) -> None:
    await firm.know()
    form = "/contracts/pages/offers/new"
    cycle = {"service_0_0": "quarterly", "every_0_0": "3", "first_0_0": "2026-01-15"}
    written = {
        "do": "template",
        "start": "2026-01-01",
        "fee_0_0": "1680",
        "billed_every": "6",
        "labour": "100",
        **cycle,
    }
    assert "À remplir" in (await firm.send(form, written)).text
    kept_at = await firm.send(form, {**written, "template_name": "Ascenseur"})
    assert kept_at.status_code == 303, kept_at.text
    assert "Ascenseur" in await firm.page(kept_at.headers["location"])
    begun = await firm.page(f"{form}?template=Ascenseur&start=2026-03-01")
    for words in ('value="1680"', 'value="2026-03-15"', 'value="Ascenseur"', 'name="object_0" value=""'):
        assert words in begun
    told = {**written, **cycle, "do": "sign", "template": "Ascenseur", "number": "C-5", "debtor": "K1"}
    signed = await firm.send(form, {**told, "object_0": "LIFT-A"})
    assert signed.status_code == 303, signed.text
    await firm.suite.settle()
    assert (await firm.suite.get("/contracts/C-5")).json()["terms"]["template"] == {"name": "Ascenseur", "version": 1}
    gone = await firm.send("/contracts/pages/templates/retirement", {"name": "Ascenseur"})
    assert "Aucun modèle" in await firm.page(gone.headers["location"])
