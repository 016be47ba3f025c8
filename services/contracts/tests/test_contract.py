from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from carnet.contracts.domain.amendments import (
    AddPosition,
    Change,
    ChangeCoverage,
    ChangeCycles,
    RemovePosition,
    Reprice,
)
from carnet.contracts.domain.contract import (
    Amend,
    Command,
    ContractAmended,
    ContractExtended,
    ContractRenewed,
    ContractSigned,
    ContractTerminated,
    Event,
    Extend,
    Renew,
    Sign,
    Terminate,
    VersionMade,
    contract,
)
from carnet.contracts.domain.terms import (
    Billing,
    Coverage,
    Cycle,
    CyclePlan,
    Position,
    Price,
    Reaction,
    Terms,
    Version,
    covers,
    in_force,
    position_of,
    reaction_for,
)
from carnet.kernel.testing import Given

given = Given(contract)
new_year, recorded = date(2026, 1, 1), date(2026, 5, 6)


def signed(terms: Terms) -> ContractSigned:
    return ContractSigned(version=whole(terms, 1, terms.start, new_year))


def whole(terms: Terms, number: int, valid_from: date, recorded: date) -> Version:
    return Version(contract_id="C-1", number=number, valid_from=valid_from, recorded=recorded, terms=terms)


def amend(*changes: Change, on: date = recorded) -> Amend:
    return Amend(changes=changes, recorded=on)


def reprice(position_id: str, fee: str, valid_from: date) -> Reprice:
    return Reprice(position_id=position_id, price=Price(valid_from=valid_from, fee=Decimal(fee)))


def terms_after(*commands: Command, start: Terms) -> Terms:
    history: list[Event] = [signed(start)]
    for command in commands:
        history += given(*history).when(command)
    return versions(history)[-1].terms


def versions(events: list[Event]) -> list[Version]:
    return [event.version for event in events if isinstance(event, VersionMade)]


def test_a_contract_is_signed_as_its_first_version(c1: Terms) -> None:
    sign = Sign(contract_id="C-1", terms=c1, recorded=new_year)
    assert given().when(sign) == [signed(c1)]


def test_signing_the_same_terms_again_changes_nothing(c1: Terms) -> None:
    again = c1.model_copy(update={"positions": c1.positions[::-1]})
    assert given(signed(c1)).when(Sign(contract_id="C-1", terms=again, recorded=recorded)) == []


def test_a_signed_contract_is_amended_not_signed_again(c1: Terms) -> None:
    other = c1.model_copy(update={"currency": "EUR"})
    given(signed(c1)).refuses(Sign(contract_id="C-1", terms=other, recorded=recorded), because="amend it")


def test_an_unsigned_contract_is_not_amended() -> None:
    given().refuses(amend(RemovePosition(position_id="A", last_day=recorded)), because="Sign the contract")


def test_the_amendment_carries_the_whole_new_version(c1: Terms, lift_b: Position) -> None:
    command = amend(AddPosition(position=lift_b))
    a, c = c1.positions
    after = c1.model_copy(update={"positions": (a, lift_b, c)})
    assert given(signed(c1)).when(command) == [
        ContractAmended(version=whole(after, 2, date(2026, 5, 18), recorded), changes=command.changes)
    ]


def test_an_amendment_repeated_changes_nothing(c1: Terms, lift_b: Position) -> None:
    command = amend(AddPosition(position=lift_b), reprice("A", "1700", date(2026, 7, 1)))
    added = given(signed(c1)).when(command)
    assert given(signed(c1), *added).when(command) == []


def test_several_changes_are_one_version_valid_from_the_earliest(c1: Terms, lift_b: Position) -> None:
    command = amend(RemovePosition(position_id="C", last_day=date(2026, 8, 31)), AddPosition(position=lift_b))
    [after] = versions(given(signed(c1)).when(command))
    assert (after.number, after.valid_from) == (2, date(2026, 5, 18))
    assert [p.last_day for p in after.terms.positions] == [None, None, date(2026, 8, 31)]


@pytest.mark.parametrize(
    ("last_day", "valid_from"),
    [
        (date(2026, 10, 31), date(2026, 9, 1)),
        (date(2026, 5, 31), date(2026, 6, 1)),
        (date(2025, 6, 30), new_year),
    ],
)
def test_a_moved_last_day_holds_from_the_first_day_that_differs(c1: Terms, last_day: date, valid_from: date) -> None:
    leaves = amend(RemovePosition(position_id="C", last_day=date(2026, 8, 31)))
    left = given(signed(c1)).when(leaves)
    [after] = versions(given(signed(c1), *left).when(amend(RemovePosition(position_id="C", last_day=last_day))))
    assert after.valid_from == valid_from


def test_a_contract_terminated_before_it_starts_never_runs(c1: Terms) -> None:
    [after] = versions(given(signed(c1)).when(Terminate(last_day=date(2025, 6, 30), recorded=recorded)))
    assert after.valid_from == new_year
    assert position_of(after.terms, ["object-A"], new_year) is None


def test_one_change_that_makes_no_sense_refuses_them_all(c1: Terms, lift_b: Position) -> None:
    command = amend(AddPosition(position=lift_b), RemovePosition(position_id="X", last_day=recorded))
    given(signed(c1)).refuses(command, because="no position X")


def test_a_price_holds_to_the_next_later_one_in_whatever_order_recorded(c1: Terms) -> None:
    july = amend(reprice("A", "1800", date(2026, 7, 1)))
    april = amend(reprice("A", "1700", date(2026, 4, 1)))
    [*_, first], [*_, second] = (
        terms_after(*order, start=c1).positions[0].prices for order in ((july, april), (april, july))
    )
    assert first == second
    prices = terms_after(july, april, start=c1).positions[0].prices
    held = [in_force(prices, date(2026, month, 30)) for month in (3, 6, 7)]
    assert [price and price.fee for price in held] == [Decimal(1680), Decimal(1700), Decimal(1800)]


def test_a_second_price_for_the_same_date_replaces_the_first(c1: Terms) -> None:
    once, twice = (amend(reprice("A", fee, date(2026, 7, 1))) for fee in ("1800", "1750"))
    prices = terms_after(once, twice, start=c1).positions[0].prices
    assert [price.fee for price in prices] == [Decimal(1680), Decimal(1750)]


def test_the_last_removal_counts_also_to_a_later_day(c1: Terms) -> None:
    days = (date(2026, 8, 31), date(2026, 10, 31))
    removals = [amend(RemovePosition(position_id="C", last_day=day)) for day in days]
    assert terms_after(*removals, start=c1).positions[1].last_day == days[1]


def test_a_last_day_before_the_first_removes_the_position_altogether(c1: Terms) -> None:
    never = amend(RemovePosition(position_id="C", last_day=date(2025, 12, 31)))
    terms = terms_after(never, start=c1)
    assert not any(covers(terms, terms.positions[1], date(2026, month, 1)) for month in range(1, 13))


def test_coverage_and_cycles_change_from_a_date(c1: Terms, lift_a: Position) -> None:
    wider = Coverage(valid_from=date(2026, 7, 1), order_types=("maintenance", "fault"), visits=2)
    monthly = Cycle(
        cycle_id="monthly",
        service="grease",
        every_months=1,
        anchor=date(2026, 7, 5),
        prepare_days_before=30,
    )
    plan = CyclePlan(valid_from=date(2026, 7, 1), cycles=(monthly,))
    terms = terms_after(amend(ChangeCoverage(coverage=wider), ChangeCycles(position_id="A", plan=plan)), start=c1)
    assert terms.coverages == (*c1.coverages, wider)
    assert terms.positions[0].plans == (*lift_a.plans, plan)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (reprice("X", "1", new_year), "no position X: add it first"),
        (reprice("A", "1", date(2025, 12, 31)), "covered from 2026-01-01"),
        (RemovePosition(position_id="X", last_day=new_year), "no position X: add it first"),
        (
            AddPosition(position=Position(position_id="D", object_id="D", first_day=date(2025, 6, 1))),
            "starts on 2026-01-01",
        ),
        (
            AddPosition(position=Position(position_id="A", object_id="D", first_day=new_year)),
            "already in the contract",
        ),
        (ChangeCoverage(coverage=Coverage(valid_from=date(2025, 6, 1))), "starts on 2026-01-01"),
        (
            ChangeCycles(position_id="A", plan=CyclePlan(valid_from=date(2025, 1, 1), cycles=())),
            "plan of cycles on or after",
        ),
    ],
)
def test_an_amendment_that_makes_no_sense_is_refused(c1: Terms, change: Change, because: str) -> None:
    given(signed(c1)).refuses(amend(change), because=because)


def test_another_rhythm_needs_another_cycle(c1: Terms, lift_a: Position) -> None:
    quarterly = lift_a.plans[0].cycles[0].model_copy(update={"every_months": 4})
    plan = CyclePlan(valid_from=date(2026, 7, 1), cycles=(quarterly,))
    given(signed(c1)).refuses(amend(ChangeCycles(position_id="A", plan=plan)), because="give the new one its own id")


def test_an_anchor_after_the_first_covered_day_is_refused(c1: Terms) -> None:
    late = c1.model_copy(update={"billing": Billing(every_months=6, anchor=date(2026, 1, 2))})
    given().refuses(Sign(contract_id="C-1", terms=late, recorded=new_year), because="set the billing anchor")


def test_a_position_named_twice_is_refused(c1: Terms, lift_a: Position) -> None:
    twice = c1.model_copy(update={"positions": (lift_a, lift_a)})
    given().refuses(Sign(contract_id="C-1", terms=twice, recorded=new_year), because="name it once")


def test_the_last_of_terminations_and_extensions_sets_the_end(c1: Terms) -> None:
    august, december = date(2026, 8, 31), date(2026, 12, 31)
    commands = Terminate(last_day=august, recorded=recorded), Extend(last_day=december, recorded=recorded)
    assert terms_after(*commands, start=c1).end == december
    assert terms_after(*commands[::-1], start=c1).end == august


def test_a_termination_holds_from_the_day_after_the_last(c1: Terms) -> None:
    last_day = date(2026, 8, 31)
    [event] = given(signed(c1)).when(Terminate(last_day=last_day, recorded=recorded))
    ended = c1.model_copy(update={"end": last_day})
    assert event == ContractTerminated(version=whole(ended, 2, date(2026, 9, 1), recorded))


def test_a_termination_repeated_after_an_amendment_changes_nothing(c1: Terms) -> None:
    terminate = Terminate(last_day=date(2026, 8, 31), recorded=recorded)
    history: list[Event] = [signed(c1)]
    history += given(*history).when(terminate)
    history += given(*history).when(amend(reprice("A", "1", new_year)))
    assert given(*history).when(terminate) == []


def test_an_end_by_termination_differs_from_one_by_term(c1: Terms) -> None:
    ends = c1.model_copy(update={"end": date(2026, 8, 31)})
    extend, terminate = (kind(last_day=date(2026, 8, 31), recorded=recorded) for kind in (Extend, Terminate))
    assert given(signed(ends)).when(extend) == []
    [terminated] = given(signed(ends)).when(terminate)
    [extended] = given(signed(ends), terminated).when(extend)
    assert isinstance(terminated, ContractTerminated)
    assert isinstance(extended, ContractExtended)


def test_the_last_day_is_covered(c1: Terms) -> None:
    ends = c1.model_copy(update={"end": date(2026, 8, 31)})
    assert [covers(ends, ends.positions[0], date(2026, 8, 31)), covers(ends, ends.positions[0], date(2026, 9, 1))] == [
        True,
        False,
    ]


def test_a_term_is_extended_once(c1: Terms) -> None:
    running = c1.model_copy(update={"end": date(2026, 6, 30)})
    extend = Extend(last_day=date(2026, 12, 31), recorded=recorded)
    [event] = given(signed(running)).when(extend)
    longer = c1.model_copy(update={"end": date(2026, 12, 31)})
    assert event == ContractExtended(version=whole(longer, 2, date(2026, 7, 1), recorded))
    assert given(signed(running), event).when(extend) == []


def test_a_term_is_renewed_once(c1: Terms) -> None:
    running = c1.model_copy(update={"end": date(2026, 12, 31)})
    renew = Renew(last_day=date(2027, 12, 31), recorded=recorded)
    [event] = given(signed(running)).when(renew)
    assert event == ContractRenewed(
        version=whole(c1.model_copy(update={"end": date(2027, 12, 31)}), 2, new_year.replace(year=2027), recorded)
    )
    assert given(signed(running), event).when(renew) == []


def test_a_terminated_contract_is_not_renewed(c1: Terms) -> None:
    terminated = ContractTerminated(version=whole(c1, 2, recorded, recorded))
    given(signed(c1), terminated).refuses(Renew(last_day=date(2027, 12, 31), recorded=recorded), because="terminated")


def test_a_contract_without_an_end_has_nothing_to_renew(c1: Terms) -> None:
    given(signed(c1)).refuses(Renew(last_day=date(2027, 12, 31), recorded=recorded), because="later last day")


def test_stored_events_come_back_as_they_were(c1: Terms, lift_b: Position) -> None:
    events = [signed(c1), *given(signed(c1)).when(amend(AddPosition(position=lift_b)))]
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert [adapter.validate_json(event.model_dump_json()) for event in events] == events


def test_an_escalation_comes_after_the_report() -> None:
    with pytest.raises(ValidationError, match="shorter than"):
        Reaction(priority="fault", within_minutes=60, escalate_before_minutes=60, calendar="office")


def test_the_covering_position_is_that_of_the_object_or_of_what_it_is_part_of(c1: Terms) -> None:
    found = position_of(c1, ["door operator", "object-A"], date(2026, 4, 2))
    assert found
    assert found.position_id == "A"
    assert position_of(c1, ["object-A"], date(2025, 12, 31)) is None


def test_a_priority_has_its_reaction_time_or_none(c1: Terms) -> None:
    found = reaction_for(c1, "fault")
    assert found
    assert found.within_minutes == 240
    assert reaction_for(c1, "wish") is None


def test_the_terms_as_first_signed_are_known_again_whatever_followed(c1: Terms) -> None:
    """A signature that comes twice adds nothing, also after an amendment, an extension and a termination."""
    history: list[Event] = [signed(c1.model_copy(update={"end": date(2026, 12, 31)}))]
    again = Sign(contract_id="C-1", terms=versions(history)[0].terms, recorded=new_year)
    for command in (
        amend(reprice("A", "1800", date(2026, 7, 1))),
        Extend(last_day=date(2027, 12, 31), recorded=recorded),
        Terminate(last_day=date(2027, 6, 30), recorded=recorded),
    ):
        history += given(*history).when(command)
        assert given(*history).when(again) == []
