from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.contracts.domain.amendments import AddPosition, ChangeCycles, RemovePosition, amended
from carnet.contracts.domain.obligations import Obligations, ledger
from carnet.contracts.domain.preview import preview
from carnet.contracts.domain.terms import (
    PREPARE_DAYS,
    Billing,
    Cycle,
    CyclePlan,
    Parties,
    Position,
    Suspension,
    Terms,
    Version,
)
from carnet.contracts.domain.timetable import Key
from carnet.contracts.domain.visits import Visit, due_occurrences, lapsed, occurrence_id, promised

new_year, year_end = date(2026, 1, 1), date(2026, 12, 31)


def version(terms: Terms) -> Version:
    return Version(contract_id="C-1", number=1, valid_from=terms.start, recorded=terms.start, terms=terms)


@pytest.fixture
def c1_in_december(c1: Terms, lift_b: Position) -> Version:
    """C-1 with B since 18 May and without C after 31 Aug."""
    with_b = amended(version(c1), [AddPosition(position=lift_b)], date(2026, 5, 6))
    leaves = RemovePosition(position_id="C", last_day=date(2026, 8, 31))
    return amended(with_b, [leaves], date(2026, 8, 21))


def dates(visits: list[Visit], position_id: str) -> list[date]:
    return [visit.due_on for visit in visits if visit.key.position_id == position_id]


def test_seven_visits_are_promised_in_2026(c1_in_december: Version) -> None:
    visits = promised(c1_in_december, new_year, year_end)
    assert len(visits) == 7
    assert dates(visits, "A") == [date(2026, month, 15) for month in (1, 4, 7, 10)]
    assert dates(visits, "B") == [date(2026, 8, 18), date(2026, 11, 18)]
    assert dates(visits, "C") == [date(2026, 6, 10)]
    both_ends = promised(c1_in_december, date(2026, 1, 15), date(2026, 4, 15))
    assert dates(both_ends, "A") == [date(2026, 1, 15), date(2026, 4, 15)]


def test_r6_the_yearly_visit_absorbs_the_quarterly_one_of_the_same_date(c1_in_december: Version) -> None:
    [visit] = promised(c1_in_december, date(2026, 4, 1), date(2026, 4, 30))
    assert visit.key == Key("A", "yearly", 0)
    assert visit.absorbs == (Key("A", "quarterly", 1),)
    assert (visit.persons, visit.equipment) == (2, ("test weights 1000 kg",))


def test_nothing_is_promised_after_the_last_day(c1_in_december: Version) -> None:
    assert dates(promised(c1_in_december, new_year, date(2028, 12, 31)), "C") == [date(2026, 6, 10)]


def test_nothing_is_promised_after_the_contracts_end(c1: Terms) -> None:
    ends = c1.model_copy(update={"end": date(2026, 6, 9)})
    assert [v.due_on.month for v in promised(version(ends), new_year, year_end)] == [1, 4]


def test_a_visit_is_raised_once_its_preparation_begins(c1: Terms) -> None:
    assert due_occurrences(version(c1), date(2025, 12, 15)) == []
    [visit] = due_occurrences(version(c1), date(2025, 12, 16))
    assert (visit.due_on, visit.prepare_on) == (date(2026, 1, 15), date(2025, 12, 16))
    assert visit.contact_id == "Delacroix"


def test_a_run_catches_up_what_earlier_days_missed(c1: Terms) -> None:
    visits = due_occurrences(version(c1), date(2026, 6, 15), raised={Key("A", "quarterly", 0)})
    assert [visit.due_on.month for visit in visits] == [4, 6, 7]


def test_the_years_runs_raise_seven_visits_and_one_of_the_next_year(c1_in_december: Version) -> None:
    raised: set[Key] = set()
    months = range(1, 13)
    runs = [due_occurrences(c1_in_december, date(2026, month, 28), raised) for month in months]
    assert [visit.due_on for visit in runs[-1]][-1] == date(2027, 1, 15)
    assert len({visit.key for visits in runs for visit in visits}) == 8


def test_a_subscription_falls_due_on_its_date(c2: Terms) -> None:
    assert due_occurrences(version(c2), date(2026, 3, 8)) == []
    assert dates(due_occurrences(version(c2), date(2026, 9, 9)), "1") == [date(2026, 3, 9), date(2026, 9, 9)]


def test_preparation_defaults_to_30_days_and_a_subscriptions_notice_to_21() -> None:
    assert (PREPARE_DAYS["maintenance"], PREPARE_DAYS["subscription"]) == (30, 21)


def cycle(cycle_id: str, every_months: int, anchor: date, **more: Any) -> Cycle:
    return Cycle(
        cycle_id=cycle_id, service="s", every_months=every_months, anchor=anchor, prepare_days_before=0, **more
    )


def with_cycles(*cycles: Cycle, first_day: date = new_year, **more: Any) -> Version:
    plan = CyclePlan(valid_from=first_day, cycles=cycles)
    return version(
        Terms(
            contract_number="C-1",
            kind="maintenance",
            parties=Parties(debtor_id="K"),
            start=first_day,
            billing=Billing(every_months=12, anchor=first_day),
            positions=(Position(position_id="A", object_id="A", first_day=first_day, plans=(plan,)),),
            **more,
        )
    )


def keys(visits: list[Visit]) -> list[tuple[str, int, date]]:
    return [(visit.key.cycle_id, visit.key.k, visit.due_on) for visit in visits]


@pytest.mark.parametrize(("within", "visits"), [(True, 4), (False, 5)])
def test_r6_within_the_tolerance_it_absorbs_only_where_the_contract_says_so(within: bool, visits: int) -> None:
    quarterly = cycle("quarterly", 3, date(2026, 1, 15))
    yearly = cycle("yearly", 12, date(2026, 4, 20), tolerance_days=10, absorbs_within_tolerance=within)
    assert len(promised(with_cycles(quarterly, yearly), new_year, year_end)) == visits


def test_r6_without_a_tolerance_only_the_same_date_is_absorbed_and_only_by_a_longer_cycle() -> None:
    anchor, day_after = date(2026, 1, 15), date(2026, 1, 16)
    assert len(promised(with_cycles(cycle("q", 3, anchor), cycle("y", 12, day_after)), new_year, year_end)) == 5
    assert len(promised(with_cycles(cycle("q", 3, anchor), cycle("p", 3, anchor)), new_year, year_end)) == 8


def test_a_position_without_cycles_promises_nothing() -> None:
    bare = with_cycles()
    position = bare.terms.positions[0].model_copy(update={"plans": ()})
    without = bare.model_copy(update={"terms": bare.terms.model_copy(update={"positions": (position,)})})
    for agreed in (bare, without):
        assert promised(agreed, new_year, year_end) == due_occurrences(agreed, year_end) == []


def test_a_visit_on_the_last_day_is_promised() -> None:
    agreed = with_cycles(cycle("q", 3, date(2026, 1, 15)))
    assert keys(promised(agreed, new_year, date(2026, 4, 15)))[-1] == ("q", 1, date(2026, 4, 15))


def test_r6_a_chain_of_completed_dates_goes_on_behind_a_suspension() -> None:
    """Done on 22 Jan; 22 Apr falls into the suspension; the next one is 22 Jul, not the nominal 15 Jul."""
    pause = Suspension(first_day=date(2026, 4, 1), last_day=date(2026, 4, 30))
    agreed = with_cycles(cycle("q", 3, date(2026, 1, 15)), anchored_to="completed", suspensions=(pause,))
    done = {Key("A", "q", 0): date(2026, 1, 22)}
    assert keys(due_occurrences(agreed, year_end, done, done)) == [("q", 2, date(2026, 7, 22))]


def test_beyond_the_tolerance_nothing_is_absorbed() -> None:
    quarterly = cycle("quarterly", 3, date(2026, 1, 15))
    yearly = cycle("yearly", 12, date(2026, 4, 26), tolerance_days=10, absorbs_within_tolerance=True)
    assert len(promised(with_cycles(quarterly, yearly), new_year, year_end)) == 5


def test_the_last_day_of_the_tolerance_absorbs() -> None:
    quarterly = cycle("quarterly", 3, date(2026, 1, 15))
    yearly = cycle("yearly", 12, date(2026, 4, 25), tolerance_days=10, absorbs_within_tolerance=True)
    assert len(promised(with_cycles(quarterly, yearly), new_year, year_end)) == 4


def test_an_absorbed_visit_absorbs_nothing_itself() -> None:
    reach = {"tolerance_days": 10, "absorbs_within_tolerance": True}
    yearly, quarterly = cycle("y", 12, date(2026, 4, 20), **reach), cycle("q", 3, date(2026, 4, 15), **reach)
    agreed = with_cycles(yearly, quarterly, cycle("m", 1, date(2026, 4, 8)))
    april = promised(agreed, date(2026, 4, 1), date(2026, 4, 30))
    assert keys(april) == [("m", 0, date(2026, 4, 8)), ("y", 0, date(2026, 4, 20))]


def test_a_visit_absorbed_by_a_later_one_is_promised_on_the_later_date() -> None:
    quarterly = cycle("q", 3, date(2026, 1, 15))
    yearly = cycle("y", 12, date(2026, 1, 20), tolerance_days=10, absorbs_within_tolerance=True)
    agreed = with_cycles(quarterly, yearly)
    assert promised(agreed, new_year, date(2026, 1, 19)) == []
    assert keys(promised(agreed, new_year, date(2026, 1, 20))) == [("y", 0, date(2026, 1, 20))]


def test_a_run_sees_the_longer_cycle_that_is_due_a_little_later() -> None:
    quarterly = cycle("quarterly", 3, date(2026, 1, 15))
    yearly = cycle("yearly", 12, date(2026, 1, 20), tolerance_days=10, absorbs_within_tolerance=True)
    assert due_occurrences(with_cycles(quarterly, yearly), date(2026, 1, 15)) == []


def test_each_of_three_cycles_goes_into_the_longest() -> None:
    anchor = date(2026, 1, 15)
    visits = promised(
        with_cycles(cycle("m", 1, anchor), cycle("q", 3, anchor), cycle("y", 12, anchor)), new_year, year_end
    )
    assert len(visits) == 12
    assert visits[0].absorbs == (Key("A", "q", 0), Key("A", "m", 0))


def test_occurrences_before_the_first_day_are_left_out_but_counted() -> None:
    visits = promised(with_cycles(cycle("q", 3, date(2025, 1, 15))), new_year, date(2026, 4, 30))
    assert keys(visits) == [("q", 4, date(2026, 1, 15)), ("q", 5, date(2026, 4, 15))]


def test_changed_cycles_hold_from_their_date_and_keep_their_count() -> None:
    before = with_cycles(cycle("q", 3, date(2026, 1, 15)), cycle("y", 12, date(2026, 12, 1)))
    plan = CyclePlan(valid_from=date(2026, 6, 1), cycles=(cycle("q", 3, date(2026, 1, 15), persons=2),))
    after = amended(before, [ChangeCycles(position_id="A", plan=plan)], date(2026, 5, 1))
    visits = promised(after, new_year, year_end)
    assert [(visit.key.k, visit.persons) for visit in visits] == [(0, 1), (1, 1), (2, 2), (3, 2)]


def test_r6_the_next_date_follows_the_completed_one_where_the_contract_says_so() -> None:
    agreed = with_cycles(cycle("q", 3, date(2026, 1, 15)), anchored_to="completed")
    assert keys(due_occurrences(agreed, year_end)) == [("q", 0, date(2026, 1, 15))]
    done = {Key("A", "q", 0): date(2026, 1, 22)}
    assert keys(due_occurrences(agreed, year_end, done, done)) == [("q", 1, date(2026, 4, 22))]


def test_r6_the_nominal_date_does_not_move_with_the_completed_one() -> None:
    agreed = with_cycles(cycle("q", 3, date(2026, 10, 15)))
    done = {Key("A", "q", 0): date(2026, 10, 19)}
    assert keys(due_occurrences(agreed, date(2027, 1, 31), done, done)) == [("q", 1, date(2027, 1, 15))]


def test_completed_dates_still_to_come_are_expected_on_their_due_dates() -> None:
    agreed = with_cycles(cycle("q", 3, date(2026, 1, 15)), anchored_to="completed")
    done = {Key("A", "q", 0): date(2026, 1, 22)}
    months = [visit.due_on for visit in promised(agreed, new_year, year_end, done)]
    assert months == [date(2026, 1, 15), date(2026, 4, 22), date(2026, 7, 22), date(2026, 10, 22)]


def test_the_absorbed_occurrence_is_completed_with_the_one_that_absorbed_it() -> None:
    anchor = date(2026, 1, 15)
    agreed = with_cycles(cycle("q", 3, anchor), cycle("y", 12, anchor), anchored_to="completed")
    done = {Key("A", "y", 0): date(2026, 1, 20)}
    assert keys(due_occurrences(agreed, year_end, done, done)) == [("q", 1, date(2026, 4, 20))]


def test_a_plan_that_pauses_a_cycle_ends_a_completed_chain_without_hanging() -> None:
    agreed = with_cycles(cycle("q", 3, date(2026, 1, 15)), anchored_to="completed")
    none = CyclePlan(valid_from=date(2026, 3, 1), cycles=())
    after = amended(agreed, [ChangeCycles(position_id="A", plan=none)], date(2026, 2, 1))
    done = {Key("A", "q", 0): date(2026, 1, 22)}
    assert due_occurrences(after, year_end, done, done) == []


def test_an_open_visit_after_the_last_day_lapses(c1: Terms) -> None:
    leaves = RemovePosition(position_id="C", last_day=date(2026, 5, 31))
    after = amended(version(c1), [leaves], date(2026, 5, 20))
    open_visits = {Key("A", "quarterly", 2): date(2026, 7, 15), Key("C", "yearly", 0): date(2026, 6, 10)}
    assert lapsed(after, open_visits) == [Key("C", "yearly", 0)]
    assert lapsed(after, {}) == []


def test_the_preview_shows_the_new_visits_and_changes_nothing(c1: Terms, lift_b: Position) -> None:
    add = AddPosition(position=lift_b)
    shown = preview(version(c1), [add], date(2026, 5, 6), year_end)
    assert [visit.due_on for visit in shown.added] == [date(2026, 8, 18), date(2026, 11, 18)]
    assert shown.dropped == ()
    assert shown.version == amended(version(c1), [add], date(2026, 5, 6))


def test_the_preview_shows_the_visits_that_are_dropped(c1: Terms) -> None:
    leaves = RemovePosition(position_id="C", last_day=date(2026, 5, 31))
    shown = preview(version(c1), [leaves], date(2026, 5, 6), year_end)
    assert [visit.due_on for visit in shown.dropped] == [date(2026, 6, 10)]


def test_the_preview_follows_completed_dates_where_the_contract_does(c1: Terms) -> None:
    """The visit of 15 January was done on the 20th: those that go fall on the 20th."""
    follows = version(c1.model_copy(update={"anchored_to": "completed"}))
    leaves = RemovePosition(position_id="A", last_day=date(2026, 5, 31))
    done = {Key("A", "quarterly", 0): date(2026, 1, 20)}
    shown = preview(follows, [leaves], date(2026, 2, 1), year_end, done)
    assert {visit.due_on.day for visit in shown.dropped if visit.service == "quarterly"} == {20}


def test_the_ledger_counts_what_became_of_the_promises(c1_in_december: Version, c2: Terms) -> None:
    c1_keys, c2_keys = ([visit.key for visit in promised(v, new_year, year_end)] for v in (c1_in_december, version(c2)))
    assert ledger(c1_keys, dict.fromkeys(c1_keys, "done")) == Obligations(
        promised=7, done=7, skipped=0, excused=0, open=0
    )
    assert ledger(c2_keys, dict(zip(c2_keys, ("done", "skipped"), strict=True))) == Obligations(
        promised=2, done=1, skipped=1, excused=0, open=0
    )
    gone = Key("C", "yearly", 1)
    assert ledger(c1_keys, {gone: "excused"}) == Obligations(promised=8, done=0, skipped=0, excused=1, open=7)


def test_an_occurrence_has_the_same_id_whenever_it_is_worked_out() -> None:
    assert occurrence_id("C-1", Key("A", "q", 1)) == "2865ab4e-a129-56c3-a4b1-a878ff164ca5"


rhythms = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 6, 12]), st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.booleans()),
    min_size=1,
    max_size=3,
)
agreements = st.builds(
    lambda rhythms, anchored_to: with_cycles(
        *(
            cycle(str(n), every, anchor, tolerance_days=7, absorbs_within_tolerance=within)
            for n, (every, anchor, within) in enumerate(rhythms)
        ),
        anchored_to=anchored_to,
    ),
    rhythms,
    st.sampled_from(["nominal", "completed"]),
)
run_days = st.lists(st.dates(new_year, date(2028, 12, 31)), min_size=1, max_size=4)


@for_all(agreements, run_days)
def test_a_run_again_raises_nothing(agreed: Version, days: list[date]) -> None:
    raised: set[Key] = set()
    for day in days:
        raised |= {visit.key for visit in due_occurrences(agreed, day, raised)}
        assert due_occurrences(agreed, day, raised) == []


@for_all(agreements, run_days)
def test_runs_in_any_order_raise_what_the_last_day_alone_would(agreed: Version, days: list[date]) -> None:
    raised: set[Key] = set()
    for day in days:
        raised |= {visit.key for visit in due_occurrences(agreed, day, raised)}
    assert raised == {visit.key for visit in due_occurrences(agreed, max(days))}
