"""A suspended contract promises no service for those days, and bears no order unless its fee goes on (S18)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.contracts.domain.amendments import Change, Resume, Suspend
from carnet.contracts.domain.contract import Amend, Command, Event, Sign, VersionMade, contract
from carnet.contracts.domain.terms import Suspension, Terms, Version, covers
from carnet.contracts.domain.visits import lapsed, promised
from carnet.contracts.publishing import publish, whole
from carnet.events.contracts import ContractAmended
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given, repeated_adds_nothing

given = Given(contract)
recorded = date(2026, 3, 1)
july, august = date(2026, 7, 1), date(2026, 8, 31)
SUSPENDED = Suspend(suspension=Suspension(first_day=july, last_day=august))


def after(terms: Terms, *changes: Change) -> Version:
    history: list[Event] = given().when(Sign(contract_id="C-1", terms=terms, recorded=terms.start))
    for change in changes:
        history += given(*history).when(Amend(changes=(change,), recorded=recorded))
    made = history[-1]
    assert isinstance(made, VersionMade)
    return made.version


def days_of(version: Version) -> list[str]:
    return [f"{visit.due_on:%m-%d}" for visit in promised(version, date(2026, 1, 1), date(2026, 12, 31))]


def test_no_service_falls_due_in_a_suspension_and_the_next_date_does_not_move(c1: Terms) -> None:
    assert days_of(after(c1)) == ["01-15", "04-15", "06-10", "07-15", "10-15"]
    version = after(c1, SUSPENDED)
    assert days_of(version) == ["01-15", "04-15", "06-10", "10-15"]
    assert version.valid_from == july
    raised = {visit.key: visit.due_on for visit in promised(after(c1), july, august)}
    assert lapsed(version, raised) == sorted(raised)


@pytest.mark.parametrize(
    ("day", "suspended"), [(date(2026, 6, 30), False), (july, True), (august, True), (date(2026, 9, 1), False)]
)
def test_both_ends_of_a_suspension_are_suspended(day: date, suspended: bool) -> None:
    assert SUSPENDED.suspension.includes(day) is suspended


def test_a_resumed_contract_promises_again(c1: Terms) -> None:
    resumed = after(c1, SUSPENDED, Resume(first_day=date(2026, 7, 10)))
    assert resumed.terms.suspensions == (Suspension(first_day=july, last_day=date(2026, 7, 9)),)
    assert "07-15" in days_of(resumed)
    open_end = after(c1, Suspend(suspension=Suspension(first_day=july)))
    assert days_of(open_end) == ["01-15", "04-15", "06-10"]
    never = after(c1, SUSPENDED, Resume(first_day=july))
    assert days_of(never) == days_of(after(c1))
    assert whole(never).suspensions == ()


def test_a_suspended_contract_bears_no_order_unless_its_fee_goes_on(c1: Terms) -> None:
    position = c1.positions[0]
    suspended = after(c1, SUSPENDED).terms
    goes_on = suspended.model_copy(update={"suspended_fee": "due"})
    assert [covers(each, position, july) for each in (c1, suspended, goes_on)] == [True, False, True]
    assert [covers(suspended, position, day) for day in (date(2026, 6, 30), date(2026, 9, 1))] == [True, True]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (Suspend(suspension=Suspension(first_day=date(2025, 12, 31))), "starts on 2026-01-01"),
        (Suspend(suspension=Suspension(first_day=date(2026, 8, 1))), "suspended on some of these days"),
        (Resume(first_day=date(2026, 10, 1)), "not suspended on that day"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused(c1: Terms, change: Change, because: str) -> None:
    with pytest.raises(Rejected, match=because):
        after(c1, SUSPENDED, change)


def test_a_suspension_repeated_changes_nothing(c1: Terms) -> None:
    resume = Resume(first_day=date(2026, 7, 10))
    sent: list[Command] = [Sign(contract_id="C-1", terms=c1, recorded=c1.start)]
    sent += [Amend(changes=(change,), recorded=recorded) for change in (SUSPENDED, resume)]
    repeated_adds_nothing(contract, sent)


def test_a_suspension_is_told_in_the_whole_version(c1: Terms) -> None:
    signed = given().when(Sign(contract_id="C-1", terms=c1, recorded=c1.start))
    [event] = given(*signed).when(Amend(changes=(SUSPENDED,), recorded=recorded))
    told = publish(event)
    assert isinstance(told, ContractAmended)
    assert told.reason == "suspended from 2026-07-01 to 2026-08-31"
    assert [each.model_dump() for each in told.terms.suspensions] == [{"first_day": july, "last_day": august}]


async def test_a_suspension_excuses_what_was_raised_and_is_seen_on_the_page(firm: Any, bodies: dict[str, Any]) -> None:
    contract_id = await firm.sign(bodies["C-1"])
    await firm.run("2026-07-01")
    form = {"what": "suspend", "day": "2026-07-01", "last_day": "2026-08-31"}
    address = f"/contracts/pages/contracts/{contract_id}"
    tried = await firm.send(f"{address}/amendments/preview", form)
    assert "15 juillet 2026" in tried.text
    signed = await firm.send(f"{address}/amendments", form)
    shown = await firm.page(signed.headers["location"])
    assert "Suspendu du 1 juillet 2026 au 31 août 2026" in shown
    await firm.run("2026-07-02")
    assert (await firm.ledger("C-1"))["excused"] == 1
    await firm.amend("C-1", "2026-07-20", {"change": "resume", "first_day": "2026-08-01"})
    terms = (await firm.suite.get("/contracts/C-1")).json()["terms"]
    assert terms["suspensions"] == [{"first_day": "2026-07-01", "last_day": "2026-07-31"}]
    unnamed = await firm.send(f"{address}/amendments", {**form, "what": "remove"})
    assert (unnamed.status_code, 'id="error-position_id">À remplir' in unnamed.text) == (422, True)


def test_what_was_agreed_before_there_were_suspensions_has_none(c1: Terms) -> None:
    stored = c1.model_dump(exclude={"suspensions", "suspended_fee"})
    assert Terms.model_validate(stored) == c1
    assert c1.positions[0].prices[0].fee == Decimal("1680.00")
