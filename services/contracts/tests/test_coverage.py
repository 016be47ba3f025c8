from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import TypeAdapter

from carnet.contracts.domain.coverage import (
    Command,
    Consume,
    Counter,
    CoverageDecided,
    Decide,
    Event,
    Release,
    Reopen,
    VisitConsumed,
    VisitReleased,
    VisitReserved,
    counter,
    coverage,
)
from carnet.contracts.domain.entitlement import Agreed, Verdict
from carnet.contracts.domain.terms import Coverage, Shares
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(coverage)
new_year, may = date(2026, 1, 1), date(2026, 5, 4)
shares = Shares(labour=Decimal(1), travel=Decimal(1), parts=Decimal("0.5"))
two_visits = Agreed(
    contract_id="C",
    version=1,
    planned_visits=4,
    coverage=Coverage(valid_from=new_year, visits=2, shares=shares),
)
all_planned = two_visits.model_copy(update={"coverage": Coverage(valid_from=new_year, shares=shares)})


def ask(order_id: str, order_type: str = "maintenance", agreed: Agreed | None = two_visits) -> Decide:
    return Decide(
        order_id=order_id, object_id="lift", order_type=order_type, service_date=may, planned=False, agreed=agreed
    )


def decided(order_id: str, verdict: Verdict, order_type: str = "maintenance") -> CoverageDecided:
    return CoverageDecided(
        order_id=order_id,
        object_id="lift",
        order_type=order_type,
        service_date=may,
        contract_id="C",
        version=1,
        verdict=verdict,
    )


def covered(order_id: str, visit: int) -> CoverageDecided:
    return decided(order_id, Verdict(reason="covered", visit=visit, visits=2, shares=shares))


def counted(*history: Event) -> Counter:
    return counter(coverage.fold(history))


first, second = covered("V1", 1), covered("V2", 2)


def test_r9_two_visits_are_covered_and_the_third_is_billed_in_full() -> None:
    assert given().when(ask("V1")) == [first]
    assert given(first).when(ask("V2")) == [second]
    assert given(first, second).when(ask("V3")) == [decided("V3", Verdict(reason="used-up"))]
    assert Verdict(reason="used-up").shares == Shares()


def test_an_order_is_decided_once() -> None:
    assert given(first).when(ask("V1")) == []
    assert given(first).when(ask("V1", "fault")) == []


def test_r9_the_counter_goes_from_2_1_0_to_2_0_1_when_the_work_is_done() -> None:
    assert counted(first) == Counter(agreed=2, reserved=1, consumed=0)
    done = given(first).when(Consume(order_id="V1"))
    assert done == [VisitConsumed(order_id="V1")]
    assert counted(first, *done) == Counter(agreed=2, reserved=0, consumed=1)
    assert given(first, *done).when(Consume(order_id="V1")) == []


def test_r9_a_cancelled_order_gives_its_visit_back() -> None:
    released = given(first, second).when(Release(order_id="V1"))
    assert released == [VisitReleased(order_id="V1")]
    assert counted(first, second, *released) == Counter(agreed=2, reserved=1, consumed=0)
    assert given(first, second, *released).when(ask("V3")) == [covered("V3", 1)]
    assert given(first, second, *released).when(Release(order_id="V1")) == []


def test_a_reopened_order_holds_its_visit_again() -> None:
    for before in (VisitConsumed(order_id="V1"), VisitReleased(order_id="V1")):
        again = given(first, before).when(Reopen(order_id="V1"))
        assert again == [VisitReserved(order_id="V1")]
        assert counted(first, before, *again) == Counter(agreed=2, reserved=1, consumed=0)
        assert given(first, before, *again).when(Reopen(order_id="V1")) == []
        assert given(first, before, *again).when(Consume(order_id="V1")) == [VisitConsumed(order_id="V1")]


def test_a_reopened_order_whose_visit_was_taken_takes_the_next_one_or_is_billed_in_full() -> None:
    cancelled, taken = VisitReleased(order_id="V1"), covered("V2", 1)
    assert given(first, cancelled, taken).when(Reopen(order_id="V1")) == [covered("V1", 2)]
    full: list[Event] = [first, cancelled, taken, covered("V3", 2)]
    used_up = given(*full).when(Reopen(order_id="V1"))
    assert used_up == [decided("V1", Verdict(reason="used-up"))]
    assert given(*full, *used_up).when(Consume(order_id="V1")) == []
    assert counted(*full, *used_up) == Counter(agreed=2, reserved=2, consumed=0)


def test_planned_visits_without_a_number_are_never_used_up() -> None:
    planned = ask("V1", agreed=all_planned.model_copy(update={"planned_visits": 1})).model_copy(
        update={"planned": True}
    )
    [one] = given().when(planned)
    history: list[Event] = [one, VisitReleased(order_id="V1")]
    history += given(*history).when(planned.model_copy(update={"order_id": "V2"}))
    [again] = given(*history).when(Reopen(order_id="V1"))
    assert isinstance(again, CoverageDecided)
    assert (again.verdict.reason, again.verdict.visit) == ("covered", 2)


def test_r9_an_order_of_another_type_uses_no_visit_and_is_not_reduced() -> None:
    fault = decided("F", Verdict(reason="order-type"), "fault")
    assert given().when(ask("F", "fault")) == [fault]
    assert counted(first, fault) == Counter(agreed=2, reserved=1, consumed=0)
    assert given(fault).when(Consume(order_id="F")) == []
    assert given(fault).when(Release(order_id="F")) == []


def test_faults_are_covered_where_the_contract_names_them() -> None:
    wider = Coverage(valid_from=new_year, order_types=("maintenance", "fault"), visits=2)
    [event] = given().when(ask("F", "fault", two_visits.model_copy(update={"coverage": wider})))
    assert isinstance(event, CoverageDecided)
    assert (event.verdict.covered, event.verdict.visit, event.verdict.visits) == (True, 1, 2)


def test_an_order_without_a_contract_is_decided_as_such() -> None:
    [event] = given().when(ask("V1", agreed=None))
    assert event == CoverageDecided(
        order_id="V1",
        object_id="lift",
        order_type="maintenance",
        service_date=may,
        contract_id=None,
        version=None,
        verdict=Verdict(reason="no-contract"),
    )


def test_a_contract_without_coverage_bears_nothing() -> None:
    nothing = two_visits.model_copy(update={"coverage": None})
    assert given().when(ask("V1", agreed=nothing)) == [decided("V1", Verdict(reason="nothing-covered"))]


@pytest.mark.parametrize(("planned", "reason"), [(True, "covered"), (False, "not-planned")])
def test_without_a_number_all_planned_visits_are_covered(planned: bool, reason: str) -> None:
    command = ask("V1", agreed=all_planned).model_copy(update={"planned": planned})
    [event] = given().when(command)
    assert isinstance(event, CoverageDecided)
    assert event.verdict.reason == reason
    assert event.verdict.visits == (4 if planned else None)


def test_work_on_a_cancelled_order_is_refused() -> None:
    given(first, VisitReleased(order_id="V1")).refuses(Consume(order_id="V1"), because="was cancelled")


def test_coverage_is_decided_before_it_is_used() -> None:
    given().refuses(Consume(order_id="V1"), because="Decide the coverage")
    given().refuses(Release(order_id="V1"), because="Decide the coverage")


def test_stored_events_come_back_as_they_were() -> None:
    events: list[Event] = [
        first,
        VisitConsumed(order_id="V1"),
        VisitReleased(order_id="V1"),
        VisitReserved(order_id="V1"),
    ]
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert [adapter.validate_json(event.model_dump_json()) for event in events] == events


orders = st.sampled_from(["V1", "V2", "V3", "V4"])
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(ask, orders, st.sampled_from(["maintenance", "fault"])),
    st.builds(Consume, order_id=orders),
    st.builds(Release, order_id=orders),
    st.builds(Reopen, order_id=orders),
)


@for_all(st.lists(commands))
def test_any_command_repeated_adds_nothing_and_nothing_is_reserved_beyond_what_was_agreed(
    sent: list[Command],
) -> None:
    history: list[Event] = []
    for command in sent:
        history += accepted(command, history)
        assert accepted(command, history) == []
        assert counted(*history).reserved + counted(*history).consumed <= 2


def accepted(command: Command, history: list[Event]) -> list[Event]:
    try:
        return given(*history).when(command)
    except Rejected:
        return []
