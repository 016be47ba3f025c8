from datetime import date
from decimal import Decimal

from hypothesis import given as every
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.objects.domain.identity import lead_id
from carnet.objects.domain.task import BecomeLead, Command, LeadRaised, MarkDone, Raise, TaskDone, TaskRaised, task

days = st.dates(date(2026, 1, 1), date(2026, 1, 9))
given = Given(task)
july = date(2026, 7, 15)
ropes = Raise(
    task_id="t",
    object_id="A",
    text="ropes worn, replace in 2027",
    raised_on=july,
    due_on=date(2027, 1, 1),
    order_id="o",
)
noted = TaskRaised(**dict(ropes))
done = TaskDone(task_id="t", object_id="A", done_on=july)
sell = BecomeLead(lead_id=lead_id("t"), amount=Decimal("8400.00"), raised_on=july)
lead = LeadRaised(
    lead_id=lead_id("t"), task_id="t", object_id="A", text=ropes.text, amount=Decimal("8400.00"), raised_on=july
)


def test_what_remains_to_be_done_is_noted_in_an_order() -> None:
    assert given().when(ropes) == [noted]


def test_noting_it_twice_changes_nothing() -> None:
    assert given(noted).when(ropes) == []


def test_one_task_is_one_text() -> None:
    given(noted).refuses(ropes.model_copy(update={"text": "other"}), because="noted already")


def test_a_task_is_done() -> None:
    assert given(noted).when(MarkDone(done_on=july)) == [done]


def test_done_twice_changes_nothing() -> None:
    assert given(noted, done).when(MarkDone(done_on=date(2026, 8, 1))) == []


def test_a_task_is_not_done_before_it_was_noted() -> None:
    given(noted).refuses(MarkDone(done_on=date(2026, 7, 14)), because="cannot be done before")


def test_sales_hears_of_a_task_as_a_lead() -> None:
    assert given(noted).when(sell) == [lead]


def test_a_lead_raised_twice_is_one_lead() -> None:
    assert given(noted, lead).when(sell) == []


def test_a_task_is_one_lead() -> None:
    given(noted, lead).refuses(sell.model_copy(update={"amount": Decimal(1)}), because="as a lead of 8400.00 CHF")


def test_what_is_done_is_not_sold() -> None:
    given(noted, done).refuses(sell, because="nothing left to sell")


def test_a_lead_may_be_done() -> None:
    assert given(noted, lead).when(MarkDone(done_on=july)) == [done]


def test_a_task_is_noted_first() -> None:
    given().refuses(sell, because="Note the task first")


commands = (
    st.builds(Raise, task_id=st.just("t"), object_id=st.just("A"), text=st.sampled_from(["x", "y"]), raised_on=days)
    | st.builds(MarkDone, done_on=days)
    | st.builds(BecomeLead, lead_id=st.just("l"), amount=st.integers(1, 3).map(Decimal), raised_on=days)
)


@every(st.lists(commands, max_size=8))
def test_any_command_repeated_adds_nothing(commands: list[Command]) -> None:
    repeated_adds_nothing(task, commands)
