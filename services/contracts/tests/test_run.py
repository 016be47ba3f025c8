from datetime import date

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.contracts.domain.run import Command, Event, Finish, Parked, RunFinished, RunStarted, Start, run
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(run)
day = date(2026, 12, 16)
started = RunStarted(run_date=day)
parked = (Parked(contract_id="C-9", reason="Cycle q had another anchor"),)
finish = Finish(contracts=3, raised=1, parked=parked)
finished = RunFinished(run_date=day, contracts=3, raised=1, parked=parked)


def test_a_days_run_starts_once() -> None:
    assert given().when(Start(run_date=day)) == [started]
    assert given(started).when(Start(run_date=day)) == []
    assert given(started, finished).when(Start(run_date=day)) == []


def test_a_run_finishes_with_its_counts_and_what_was_parked() -> None:
    assert given(started).when(finish) == [finished]
    assert given(started, finished).when(finish) == []


def test_a_run_starts_before_it_finishes() -> None:
    given().refuses(finish, because="Start the run")


@for_all(st.lists(st.sampled_from([Start(run_date=day), finish])))
def test_any_command_repeated_adds_nothing(sent: list[Command]) -> None:
    history: list[Event] = []
    for command in sent:
        history += accepted(command, history)
        assert accepted(command, history) == []


def accepted(command: Command, history: list[Event]) -> list[Event]:
    try:
        return given(*history).when(command)
    except Rejected:
        return []
