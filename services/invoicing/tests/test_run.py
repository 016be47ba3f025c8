"""A day's run begins once, and is recorded when there is news (R8)."""

from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain.run import Command, Parked, RecordRun, RunRecorded, RunStarted, StartRun, run
from carnet.kernel.testing import Given, repeated_adds_nothing

given = Given(run)
day = date(2026, 1, 1)
start = StartRun(run_date=day, contracts=3)
started = RunStarted(run_date=day, contracts=3)
A = Parked(contract_id="a", number="C-1", reason="no address")
B = Parked(contract_id="b", number="C-2", reason="no anchor")


def done(billed: int, *parked: Parked, tried: tuple[str, ...] | None = None) -> RecordRun:
    return RecordRun(run_date=day, billed=billed, nothing=0, parked=parked, tried=tried)


def test_a_run_begins_once_also_when_it_is_resumed() -> None:
    assert given().when(start) == [started]
    assert given(started).when(start) == []


def test_a_pass_that_bills_nothing_and_parks_the_same_is_no_news() -> None:
    first = given(started).when(done(2, A))
    assert first == [RunRecorded(run_date=day, billed=2, nothing=0, parked=(A,))]
    assert given(started, *first).when(done(0, A)) == []
    assert given(started, *first).when(start) == []
    assert len(given(started, *first).when(done(1, A))) == 1


def test_a_contract_that_is_tried_again_leaves_the_others_parked() -> None:
    first = given(started).when(done(1, A, B))
    (event,) = given(started, *first).when(done(1, tried=("a",)))
    assert isinstance(event, RunRecorded)
    assert event.parked == (B,)
    assert given(started, *first).when(done(0, A, tried=("a",))) == []


commands: st.SearchStrategy[Command] = st.sampled_from([start, done(0), done(0, A), done(0, A, tried=("a",))])


@for_all(st.lists(commands))
def test_any_command_repeated_adds_nothing(told: list[Command]) -> None:
    repeated_adds_nothing(run, told)
