"""A process that is killed between booking and planning leaves nothing behind for long."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from carnet.dispatch.consumers import Reactions
from carnet.dispatch.domain.agenda import Book, Booked
from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.streams import Streams
from carnet.kernel.because import Because
from carnet.kernel.notice import Heard, from_store
from carnet.kernel.reaction import NotYet

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def cut_off(firm: Any, *who: str) -> Heard[Booked]:
    """Book the first of `who` and no more, as a killed process would leave it; give the news of it."""
    store, order = firm.suite.runtime("dispatch").engines.store, await firm.fault()
    visit = Visit(
        visit_id="v1",
        order_id=order,
        technician_ids=who,
        starts_at=datetime(2026, 6, 10, 6, tzinfo=UTC),
        ends_at=datetime(2026, 6, 10, 8, tzinfo=UTC),
    )
    agenda = Streams(store).agenda(who[0], "2026-W24")
    await agenda.handle(Book(whose=who[0], name="", visit=visit), Because("test", "test"))
    last = (await store.read(agenda.name))[-1]
    return Heard(Booked(whose=who[0], visit=visit), from_store(last, "test"))


async def test_a_booking_of_this_moment_is_left_to_the_request_that_made_it(firm: Any) -> None:
    heard = await cut_off(firm, firm.keller, firm.krasniqi)
    with pytest.raises(NotYet, match="the plan of order"):
        await Reactions(firm.suite.runtime("dispatch")).finish_plan(heard)
    assert (await firm.get(f"/orders/{heard.fact.visit.order_id}"))["status"] == "open"


async def test_an_older_one_is_finished(firm: Any) -> None:
    heard = await cut_off(firm, firm.keller, firm.krasniqi)
    older = replace(heard, notice=replace(heard.notice, at=LONG_AGO))
    await Reactions(firm.suite.runtime("dispatch")).finish_plan(older)
    shown = await firm.get(f"/orders/{heard.fact.visit.order_id}")
    assert [each["name"] for each in shown["technicians"]] == ["Sandra Keller", "Driton Krasniqi"]


async def test_an_older_one_that_cannot_be_finished_is_released(firm: Any) -> None:
    absence = {
        "id": "ZR-2",
        "technician_number": "3",
        "kind": "holidays",
        "starts_at": "2026-06-08T00:00+02:00",
        "ends_at": "2026-06-13T00:00+02:00",
    }
    await firm.post("/absences", absence, 201)
    heard = await cut_off(firm, firm.keller, firm.krasniqi)
    older = replace(heard, notice=replace(heard.notice, at=LONG_AGO))
    await Reactions(firm.suite.runtime("dispatch")).finish_plan(older)
    people = await firm.get("/technicians", day="2026-06-10")
    assert [(each["name"], each["free"]) for each in people] == [
        ("Driton Krasniqi", False),
        ("Luc Favre", True),
        ("Sandra Keller", True),
    ]
