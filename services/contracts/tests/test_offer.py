"""An offer stands until its last day; signing it signs exactly what was offered (S66)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from carnet.contracts.domain.amendments import RemovePosition
from carnet.contracts.domain.contract import Amend, Command, ContractSigned, Sign, SignOffer, contract, newest
from carnet.contracts.domain.offer import (
    CloseOffer,
    ContractOffered,
    MakeOffer,
    OfferClosed,
    OfferRevised,
    PassDay,
)
from carnet.contracts.domain.terms import Position, Price, Terms, Version
from carnet.events.contracts import ContractSigned as Published
from carnet.kernel.testing import Given, repeated_adds_nothing

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)

given = Given(contract)
offered_on, last_day = date(2025, 11, 20), date(2025, 12, 20)


def offered(terms: Terms, until: date = last_day) -> ContractOffered:
    return ContractOffered(contract_id="C-1", terms=terms, valid_until=until, recorded=offered_on)


def make(terms: Terms, until: date = last_day, on: date = offered_on) -> MakeOffer:
    return MakeOffer(contract_id="C-1", terms=terms, valid_until=until, recorded=on)


def closed(outcome: Any, on: date = last_day, reason: str = "") -> OfferClosed:
    return OfferClosed(contract_id="C-1", outcome=outcome, reason=reason, recorded=on)


def dearer(terms: Terms) -> Terms:
    first, *others = terms.positions
    price = Price(valid_from=first.first_day, fee=Decimal(1800))
    return terms.model_copy(update={"positions": (first.model_copy(update={"prices": (price,)}), *others)})


def test_an_offer_holds_the_whole_terms(c1: Terms) -> None:
    assert given().when(make(c1)) == [offered(c1)]
    assert given(offered(c1)).when(make(c1)) == []
    assert newest(contract.fold([offered(c1)])) is None  # nothing is agreed yet


def test_an_offer_is_revised(c1: Terms) -> None:
    revised = OfferRevised(contract_id="C-1", terms=dearer(c1), valid_until=last_day, recorded=date(2025, 12, 1))
    assert given(offered(c1)).when(make(dearer(c1), on=date(2025, 12, 1))) == [revised]
    assert given(offered(c1), closed("declined")).when(make(c1)) == [
        OfferRevised(**dict(offered(c1), type="offer-revised.v1"))
    ]


def test_signing_an_offer_signs_exactly_what_was_offered_last(c1: Terms) -> None:
    revised = OfferRevised(contract_id="C-1", terms=dearer(c1), valid_until=last_day, recorded=offered_on)
    [signed] = given(offered(c1), revised).when(SignOffer(recorded=last_day))
    assert signed == ContractSigned(
        version=Version(contract_id="C-1", number=1, valid_from=c1.start, recorded=last_day, terms=dearer(c1))
    )
    assert given(offered(c1), revised, signed).when(SignOffer(recorded=last_day)) == []


def test_other_terms_are_not_signed_beside_a_standing_offer(c1: Terms) -> None:
    given(offered(c1)).refuses(Sign(contract_id="C-1", terms=dearer(c1), recorded=last_day), because="stands")
    assert given(offered(c1)).when(Sign(contract_id="C-1", terms=c1, recorded=last_day)) != []
    assert given(offered(c1), closed("withdrawn")).when(Sign(contract_id="C-1", terms=dearer(c1), recorded=last_day))


def test_an_offer_lapses_after_its_last_day(c1: Terms) -> None:
    assert given(offered(c1)).when(PassDay(recorded=last_day)) == []
    after = date(2025, 12, 21)
    assert given(offered(c1)).when(PassDay(recorded=after)) == [closed("lapsed", after)]
    assert given(offered(c1), closed("lapsed", after)).when(PassDay(recorded=after)) == []
    given(offered(c1)).refuses(SignOffer(recorded=after), because="revise it with a later one")


@pytest.mark.parametrize("outcome", ["declined", "withdrawn"])
def test_an_offer_that_is_closed_is_not_signed(c1: Terms, outcome: Any) -> None:
    close = CloseOffer(outcome=outcome, reason="too dear", recorded=last_day)
    [event] = given(offered(c1)).when(close)
    assert event == closed(outcome, reason="too dear")
    assert given(offered(c1), event).when(close) == []
    given(offered(c1), event).refuses(SignOffer(recorded=offered_on), because="revise it")


def test_an_offer_binds_nobody(c1: Terms) -> None:
    given(offered(c1)).refuses(
        Amend(changes=(RemovePosition(position_id="A", last_day=last_day),), recorded=last_day),
        because="Sign the contract",
    )
    given().refuses(SignOffer(recorded=last_day), because="Nothing was offered")
    given().refuses(CloseOffer(outcome="declined", recorded=last_day), because="Nothing was offered")
    given().refuses(make(c1, until=date(2025, 11, 19)), because="is past")


def test_what_is_signed_is_neither_offered_nor_declined(c1: Terms) -> None:
    history = [offered(c1), *given(offered(c1)).when(SignOffer(recorded=last_day))]
    assert given(*history).when(make(c1)) == []
    assert given(*history).when(PassDay(recorded=date(2026, 1, 1))) == []
    given(*history).refuses(make(dearer(c1)), because="amend it")
    given(*history).refuses(CloseOffer(outcome="declined", recorded=last_day), because="terminate it")


def test_any_command_about_an_offer_repeated_adds_nothing(c1: Terms, lift_b: Position) -> None:
    other = c1.model_copy(update={"positions": (*c1.positions, lift_b)})
    close = CloseOffer(outcome="declined", recorded=last_day)
    commands: list[Command] = [make(c1), close, make(other), PassDay(recorded=date(2026, 1, 1)), make(c1)]
    repeated_adds_nothing(contract, [*commands, SignOffer(recorded=last_day), close, make(other)])


@ON_BOTH
async def test_an_offer_is_listed_until_it_is_signed_as_it_stands(firm: Any, bodies: dict[str, Any]) -> None:
    body = {**bodies["C-1"], "valid_until": "2026-01-31"}
    offer = await firm.suite.post("/contracts/offers", body)
    assert offer.status_code == 201, offer.text
    await firm.suite.settle()
    (shown,) = (await firm.suite.get("/contracts/offers", params={"status": "standing"})).json()["items"]
    assert (shown["number"], shown["valid_until"], shown["status"]) == ("C-1", "2026-01-31", "standing")
    assert (await firm.suite.get("/contracts")).json()["items"] == []
    assert (await firm.suite.get("/contracts/C-1")).status_code == 404
    assert await firm.published(Published) == []
    signed = await firm.suite.post("/contracts/C-1/signature", {"recorded": "2026-01-15"})
    assert (signed.status_code, signed.json()["revision"]) == (201, 1)
    await firm.suite.settle()
    assert (await firm.suite.get("/contracts/offers")).json()["items"] == []
    found = await firm.suite.get("/contracts/C-1")
    assert (found.json()["version"], found.headers["ETag"]) == (1, '"1"')
    assert len(await firm.published(Published)) == 1


async def test_the_run_of_a_day_lets_offers_lapse(firm: Any, bodies: dict[str, Any]) -> None:
    await firm.suite.post("/contracts/offers", {**bodies["C-1"], "valid_until": "2026-01-31"})
    await firm.suite.settle()
    assert [await firm.run("2026-01-31"), await firm.run("2026-02-01")] == [0, 0]
    shown = (await firm.suite.get("/contracts/offers/C-1")).json()
    assert (shown["status"], shown["terms"]["contract_number"]) == ("lapsed", "C-1")
    late = await firm.suite.post("/contracts/C-1/signature", {"recorded": "2026-01-15"})
    assert late.status_code == 409
    closed = await firm.suite.post("/contracts/C-1/offer-closing", {"outcome": "declined"})
    assert closed.status_code == 409
    assert (await firm.suite.post("/contracts/C-9/signature", {})).status_code == 404
