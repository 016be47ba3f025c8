"""A notice ends a contract at its term; without one by its day the term is renewed, once (S66)."""

from datetime import date
from typing import Any

import pytest

from carnet.contracts.domain.amendments import ChangeNotice
from carnet.contracts.domain.contract import (
    Amend,
    Command,
    ContractAmended,
    ContractRenewedTacitly,
    ContractTerminated,
    Event,
    Renew,
    Sign,
    Terminate,
    contract,
)
from carnet.contracts.domain.notice import earliest_end, notice_day, renewed_end
from carnet.contracts.domain.offer import PassDay
from carnet.contracts.domain.terms import Notice, Terms
from carnet.contracts.publishing import publish
from carnet.events.contracts import ContractAmended as PublishedAmendment
from carnet.events.contracts import ContractRenewed
from carnet.events.contracts import ContractTerminated as PublishedTermination
from carnet.events.contracts import Notice as PublishedNotice
from carnet.kernel.testing import Given, repeated_adds_nothing

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

given = Given(contract)
END = date(2026, 12, 31)
NOTICE_DAY = date(2026, 9, 30)
TOO_LATE = date(2026, 10, 1)


def yearly(terms: Terms, renews_for: int | None = 12, end: date | None = END, months: int = 3) -> Terms:
    notice = Notice(months=months, renews_for_months=renews_for)
    return terms.model_copy(update={"end": end, "notice": notice})


def signed(terms: Terms) -> list[Event]:
    return given().when(Sign(contract_id="C-1", terms=terms, recorded=terms.start))


def terminate(last_day: date, on: date, **more: Any) -> Terminate:
    return Terminate(last_day=last_day, recorded=on, **more)


def test_the_notice_day_is_so_many_months_before_the_terms_end(c1: Terms) -> None:
    assert notice_day(yearly(c1)) == NOTICE_DAY
    assert renewed_end(yearly(c1)) == date(2027, 12, 31)
    assert [notice_day(c1), notice_day(yearly(c1, end=None)), renewed_end(yearly(c1, None))] == [None, None, None]


def test_terms_follow_from_the_start_and_do_not_drift(c1: Terms) -> None:
    """From 31 Aug by half-years: 27 Feb, 30 Aug, 27 Feb (R6), never 27 Feb, 27 Aug."""
    terms = yearly(c1, renews_for=6, end=date(2026, 2, 27)).model_copy(update={"start": date(2025, 8, 31)})
    ends = []
    for _ in range(3):
        end = renewed_end(terms)
        ends.append(end)
        terms = terms.model_copy(update={"end": end})
    assert ends == [date(2026, 8, 30), date(2027, 2, 27), date(2027, 8, 30)]


def test_a_term_that_ends_within_a_month_is_renewed_from_its_own_end(c1: Terms) -> None:
    """Signed on 1 Jan for a year and 10 days: the next year ends on 10 Jan as well."""
    assert renewed_end(yearly(c1, end=date(2027, 1, 10))) == date(2028, 1, 10)


def test_another_notice_is_agreed_by_an_amendment(c1: Terms) -> None:
    history = signed(c1.model_copy(update={"end": END}))
    change = ChangeNotice(valid_from=date(2026, 5, 1), notice=Notice(months=6))
    [event] = given(*history).when(Amend(changes=(change,), recorded=date(2026, 4, 20)))
    assert isinstance(event, ContractAmended)
    assert (event.version.valid_from, notice_day(event.version.terms)) == (date(2026, 5, 1), date(2026, 6, 30))
    assert given(*history, event).when(Amend(changes=(change,), recorded=date(2026, 4, 20))) == []
    told = publish(event)
    assert isinstance(told, PublishedAmendment)
    assert (told.reason, told.terms.notice) == ("notice of 6 months", PublishedNotice(months=6))


def test_a_term_is_renewed_on_the_day_after_its_notice_day_and_once(c1: Terms) -> None:
    history = signed(yearly(c1))
    assert given(*history).when(PassDay(recorded=NOTICE_DAY)) == []
    [event] = given(*history).when(PassDay(recorded=TOO_LATE))
    assert isinstance(event, ContractRenewedTacitly)
    assert (event.version.terms.end, event.version.valid_from, event.version.number) == (
        date(2027, 12, 31),
        date(2027, 1, 1),
        2,
    )
    assert given(*history, event).when(PassDay(recorded=date(2027, 9, 30))) == []


def test_missed_days_renew_every_term_whose_notice_day_passed(c1: Terms) -> None:
    events = given(*signed(yearly(c1))).when(PassDay(recorded=date(2028, 10, 1)))
    assert [publish(event).terms.end for event in events] == [date(year, 12, 31) for year in (2027, 2028, 2029)]  # type: ignore[union-attr]
    assert all(isinstance(publish(event), ContractRenewed) for event in events)


def test_a_contract_that_was_terminated_or_renews_nothing_ends(c1: Terms) -> None:
    history = signed(yearly(c1))
    history += given(*history).when(terminate(END, NOTICE_DAY))
    assert given(*history).when(PassDay(recorded=TOO_LATE)) == []
    for terms in (yearly(c1, None), c1, yearly(c1, end=None)):
        assert given(*signed(terms)).when(PassDay(recorded=date(2030, 1, 1))) == []


@pytest.mark.parametrize(
    ("given_on", "earliest"),
    [(NOTICE_DAY, END), (TOO_LATE, date(2027, 12, 31)), (date(2027, 10, 1), date(2028, 12, 31))],
)
def test_a_termination_that_misses_the_notice_is_refused_with_the_earliest_day(
    c1: Terms, given_on: date, earliest: date
) -> None:
    history, terms = signed(yearly(c1)), yearly(c1)
    assert earliest_end(terms, given_on) == earliest
    day_before = date.fromordinal(earliest.toordinal() - 1)
    given(*history).refuses(terminate(day_before, given_on), because=f"ends this contract on {earliest}")
    [event] = given(*history).when(terminate(earliest, given_on))
    assert given(*history, event).when(terminate(earliest, given_on)) == []


def test_a_contract_without_an_end_is_terminated_by_so_many_months(c1: Terms) -> None:
    history = signed(yearly(c1, end=None))
    given(*history).refuses(terminate(date(2026, 6, 30), date(2026, 5, 6)), because="2026-08-06 at the earliest")
    assert given(*history).when(terminate(date(2026, 8, 6), date(2026, 5, 6)))
    assert earliest_end(c1, date(2026, 5, 6)) is None


def test_an_extraordinary_termination_waits_for_no_notice_but_gives_its_reason(c1: Terms) -> None:
    history, day = signed(yearly(c1)), date(2026, 10, 31)
    given(*history).refuses(terminate(day, TOO_LATE, extraordinary=True), because="needs its reason")
    [event] = given(*history).when(terminate(day, TOO_LATE, extraordinary=True, reason="The house burnt down."))
    assert isinstance(event, ContractTerminated)
    told = publish(event)
    assert isinstance(told, PublishedTermination)
    assert (told.last_day, told.extraordinary, told.reason) == (day, True, "The house burnt down.")


def test_any_command_about_a_term_repeated_adds_nothing(c1: Terms) -> None:
    sent: list[Command] = [
        Sign(contract_id="C-1", terms=yearly(c1), recorded=c1.start),
        PassDay(recorded=TOO_LATE),
        Renew(last_day=date(2029, 12, 31), recorded=TOO_LATE),
        terminate(date(2029, 12, 31), TOO_LATE),
        PassDay(recorded=date(2031, 1, 1)),
    ]
    repeated_adds_nothing(contract, sent)


@ON_BOTH
async def test_a_contract_to_decide_is_listed_and_renewed_by_the_run_of_the_day_after(
    firm: Any, bodies: dict[str, Any]
) -> None:
    body = {**bodies["C-1"], "end": "2026-06-30", "notice": {"months": 3, "renews_for_months": 12}}
    contract_id = await firm.sign(body)
    listed = await firm.page("/contracts/pages/decisions")
    assert ("C-1" in listed, "reconduit jusqu’au 30 juin 2027" in listed) == (True, True)
    shown = await firm.page(f"/contracts/pages/contracts/{contract_id}")
    assert "31 mars 2026" in shown
    span = {"from": "2026-03-01", "to": "2026-03-31"}
    (found,) = (await firm.suite.get("/contracts/decisions", params=span)).json()["items"]
    assert (found["number"], found["notice_on"], found["renewed_to"]) == ("C-1", "2026-03-31", "2027-06-30")
    await firm.run("2026-04-01")
    await firm.run("2026-04-01")
    assert (await firm.suite.get("/contracts/decisions", params=span)).json()["items"] == []
    versions = (await firm.suite.get("/contracts/C-1")).json()["versions"]
    assert [each["what"] for each in versions] == ["signed", "renewed tacitly"]
    (run,) = (await firm.suite.get("/contracts/runs")).json()["items"]
    assert run["renewed"] == 1


async def test_the_page_terminates_and_says_in_french_what_it_refuses(firm: Any, bodies: dict[str, Any]) -> None:
    contract_id = await firm.sign({**bodies["C-1"], "end": "2026-06-30", "notice": {"months": 3}})
    address = f"/contracts/pages/contracts/{contract_id}/termination"
    refused = await firm.send(address, {"last_day": "2026-05-31", "extraordinary": "yes"})
    assert (refused.status_code, "exige son motif" in refused.text) == (409, True)
    assert 'id="error-reason"' in refused.text
    early = await firm.send(address, {"last_day": "2026-05-31", "reason": "Vente"})
    assert (early.status_code, 'id="error-last_day"' in early.text, 'value="Vente"' in early.text) == (409, True, True)
    assert 'id="error-last_day">Écrivez un jour' in (await firm.send(address, {"last_day": "soon"})).text
    ended = await firm.send(address, {"last_day": "2026-05-31", "extraordinary": "yes", "reason": "Vente"})
    shown = await firm.page(ended.headers["location"])
    assert ("résilié" in shown, "Vente" in shown, "de façon extraordinaire" in shown) == (True, True, True)


async def test_a_term_is_extended_on_the_page(firm: Any, bodies: dict[str, Any]) -> None:
    contract_id = await firm.sign({**bodies["C-1"], "end": "2026-06-30"})
    address = f"/contracts/pages/contracts/{contract_id}/extension"
    assert (await firm.send(address, {"new_last_day": ""})).status_code == 422
    extended = await firm.send(address, {"new_last_day": "2027-06-30"})
    assert "30 juin 2026, désormais 30 juin 2027" in await firm.page(extended.headers["location"])
    assert (await firm.suite.get("/contracts/C-1")).json()["terms"]["end"] == "2027-06-30"


async def test_a_notice_is_amended_over_http_and_on_the_page(firm: Any, bodies: dict[str, Any]) -> None:
    contract_id = await firm.sign({**bodies["C-1"], "end": "2026-12-31"})
    notice = {"change": "change_notice", "valid_from": "2026-02-01", "notice": {"months": 3}}
    await firm.amend(contract_id, "2026-02-01", notice)
    form = {"what": "notice", "day": "2026-03-01", "notice": "6", "renews_for": "12"}
    address = f"/contracts/pages/contracts/{contract_id}/amendments"
    signed = await firm.send(address, form)
    shown = await firm.page(signed.headers["location"])
    assert ("30 juin 2026" in shown, "reconduit jusqu’au 31 décembre 2027" in shown) == (True, True)
    assert (await firm.send(address, {**form, "day": "9999-12-31"})).status_code == 422
