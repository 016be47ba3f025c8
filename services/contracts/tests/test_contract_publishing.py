"""What contracts tells the world of its private events: at most one fact for each, always the whole version."""

from datetime import date
from typing import Any

import pytest

from carnet.contracts.domain.amendments import AddPosition, ChangeCycles, RemovePosition, Reprice
from carnet.contracts.domain.contract import (
    ContractAmended,
    ContractExtended,
    ContractRenewed,
    ContractSigned,
    ContractTerminated,
)
from carnet.contracts.domain.coverage import VisitConsumed, VisitReleased
from carnet.contracts.domain.occurrence import ServiceDone
from carnet.contracts.domain.promise import ReactionWithdrawn
from carnet.contracts.domain.run import RunStarted
from carnet.contracts.domain.terms import CyclePlan, Position, Price, Terms, Version
from carnet.contracts.publishing import publish
from carnet.events import contracts as published

END = date(2026, 8, 31)


def version_of(terms: Terms, **more: Any) -> Version:
    changed = terms.model_copy(update=more)
    return Version(contract_id="K", number=2, valid_from=date(2026, 5, 18), recorded=date(2026, 5, 6), terms=changed)


def test_a_version_is_published_whole(c1: Terms) -> None:
    fact = publish(ContractSigned(version=version_of(c1)))
    assert isinstance(fact, published.ContractSigned)
    assert (fact.terms.number, fact.terms.version, fact.terms.contact_id) == ("C-1", 2, "Delacroix")
    assert [(position.position_id, position.prices[0].fee) for position in fact.terms.positions] == [
        (position.position_id, position.prices[0].fee) for position in c1.positions
    ]
    assert [(cycle.position_id, cycle.cycle_id) for cycle in fact.terms.cycles] == [
        ("A", "quarterly"),
        ("A", "yearly"),
        ("C", "yearly"),
    ]


def test_a_position_of_later_brings_its_cycles_along(c1: Terms, lift_b: Position) -> None:
    fact = publish(
        ContractSigned(
            version=version_of(c1, positions=(*c1.positions, lift_b)).model_copy(
                update={"valid_from": date(2026, 1, 1)}
            )
        )
    )
    assert isinstance(fact, published.ContractSigned)
    assert "B" in [cycle.position_id for cycle in fact.terms.cycles]


def test_terms_are_told_by_their_own_names(c1: Terms) -> None:
    version = version_of(c1, end=END)
    told = [publish(kind(version=version)) for kind in (ContractExtended, ContractRenewed, ContractTerminated)]
    assert [type(fact) for fact in told] == [
        published.ContractAmended,
        published.ContractRenewed,
        published.ContractTerminated,
    ]
    extended, _, terminated = told
    assert isinstance(extended, published.ContractAmended)
    assert isinstance(terminated, published.ContractTerminated)
    assert (extended.reason, terminated.last_day) == ("term to 2026-08-31", END)


def test_an_amendment_says_what_changed(c1: Terms, lift_b: Position) -> None:
    changes = (
        AddPosition(position=lift_b),
        RemovePosition(position_id="C", last_day=END),
        Reprice(position_id="A", price=Price.model_validate({"valid_from": END, "fee": "900.00"})),
        ChangeCycles(position_id="A", plan=CyclePlan(valid_from=END, cycles=())),
    )
    fact = publish(ContractAmended(version=version_of(c1), changes=changes))
    assert isinstance(fact, published.ContractAmended)
    assert fact.reason == (
        "position B from 2026-05-18; position C to 2026-08-31; "
        "fee of position A 900.00 from 2026-08-31; services of position A from 2026-08-31"
    )


@pytest.mark.parametrize(
    "event",
    [
        VisitConsumed(order_id="O"),
        VisitReleased(order_id="O"),
        ReactionWithdrawn(order_id="O"),
        RunStarted(run_date=END),
        ServiceDone(occurrence_id="V", contract_id="K", object_id="A", order_id="O", done_on=END),
    ],
)
def test_what_only_concerns_contracts_is_not_told(event: Any) -> None:
    assert publish(event) is None
