from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.contracts.domain.agreement import checked
from carnet.contracts.domain.amendments import (
    AddPosition,
    Change,
    ChangeCoverage,
    RemovePosition,
    Reprice,
    RepriceVisit,
    Resume,
    Suspend,
    applied,
)
from carnet.contracts.domain.contract import (
    Amend,
    Command,
    ContractSigned,
    Event,
    Extend,
    Renew,
    Sign,
    SignOffer,
    Terminate,
    VersionMade,
    contract,
)
from carnet.contracts.domain.offer import CloseOffer, MakeOffer, PassDay
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Notice,
    Parties,
    Position,
    Price,
    Suspension,
    Terms,
    Version,
    VisitPrice,
)
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(contract)
new_year = date(2026, 1, 1)
parties = Parties(debtor_id="K")
simple = Terms(
    contract_number="C-1",
    kind="maintenance",
    parties=parties,
    start=new_year,
    billing=Billing(every_months=6, anchor=new_year),
    positions=(
        Position(position_id="A", object_id="A", first_day=new_year),
        Position(position_id="B", object_id="B", first_day=new_year),
    ),
)
days = st.dates(new_year, date(2027, 12, 31))
fees = st.integers(0, 9000).map(Decimal)
ids = st.sampled_from("AB")
repricings = st.builds(Reprice, position_id=ids, price=st.builds(Price, valid_from=days, fee=fees))
removals = st.builds(RemovePosition, position_id=ids, last_day=days)
additions = st.builds(
    AddPosition,
    position=st.builds(Position, position_id=st.sampled_from("CD"), object_id=ids, first_day=days),
)
signed = ContractSigned(
    version=Version(contract_id="C-1", number=1, valid_from=new_year, recorded=new_year, terms=simple)
)
visit_prices = st.builds(RepriceVisit, position_id=ids, visit_price=st.builds(VisitPrice, valid_from=days, amount=fees))
suspensions = st.builds(Suspend, suspension=st.builds(Suspension, first_day=days, last_day=st.one_of(st.none(), days)))
resumptions = st.builds(Resume, first_day=days)
coverages = st.builds(ChangeCoverage, coverage=st.builds(Coverage, valid_from=days, visits=st.integers(0, 4)))
changes: st.SearchStrategy[Change] = st.one_of(
    repricings, removals, additions, coverages, visit_prices, suspensions, resumptions
)
amendments = st.builds(Amend, changes=st.lists(changes, min_size=1, max_size=3).map(tuple), recorded=days)
endings: st.SearchStrategy[Command] = st.one_of(
    st.builds(Terminate, last_day=days, recorded=days, extraordinary=st.booleans(), reason=st.sampled_from(["", "?"])),
    st.builds(PassDay, recorded=days),
    st.builds(MakeOffer, contract_id=st.just("C-1"), terms=st.just(simple), valid_until=days, recorded=days),
    st.builds(CloseOffer, outcome=st.sampled_from(["declined", "withdrawn"]), recorded=days),
    st.builds(SignOffer, recorded=days),
    st.builds(Extend, last_day=days, recorded=days),
    st.builds(Renew, last_day=days, recorded=days),
    st.just(Sign(contract_id="C-1", terms=simple, recorded=new_year)),
)
commands: st.SearchStrategy[Command] = st.one_of(amendments, endings)


def what_it_replaces(change: Change) -> Any:
    match change:
        case Reprice():
            return change.position_id, change.price.valid_from
        case RepriceVisit():
            return "visit", change.position_id, change.visit_price.valid_from
        case ChangeCoverage():
            return change.coverage.valid_from
        case RemovePosition():
            return change.position_id
        case _:
            return change


@for_all(
    st.lists(st.one_of(repricings, removals, coverages, visit_prices), unique_by=what_it_replaces, min_size=1).flatmap(
        lambda changes: st.tuples(st.just(changes), st.permutations(changes))
    )
)
def test_two_orders_of_the_same_amendments_end_in_equal_terms(orders: tuple[list[Change], list[Change]]) -> None:
    one, other = (reduce(applied, order, simple) for order in orders)
    assert checked(one) == other


@for_all(st.sampled_from(["offered", "signed", "with notice"]), st.lists(commands, max_size=6))
def test_any_command_repeated_adds_nothing(begun: str, sent: list[Command]) -> None:
    history: list[Event] = [] if begun == "offered" else [signed_with(Notice(months=3, renews_for_months=6), begun)]
    for command in sent:
        history += accepted(command, history)
        assert accepted(command, history) == []
    numbers = [event.version.number for event in history if isinstance(event, VersionMade)]
    assert numbers == list(range(1, len(numbers) + 1))


def signed_with(notice: Notice, begun: str) -> ContractSigned:
    if begun == "signed":
        return signed
    terms = simple.model_copy(update={"notice": notice, "end": date(2026, 6, 30)})
    return ContractSigned(version=signed.version.model_copy(update={"terms": terms}))


def accepted(command: Command, history: list[Event]) -> list[Event]:
    try:
        return given(*history).when(command)
    except Rejected:
        return []
