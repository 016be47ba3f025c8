"""Nobody is booked twice at a time, nor while away; an absence that comes later raises a conflict."""

from datetime import datetime

from carnet.dispatch.domain.agenda import (
    Block,
    Blocked,
    Book,
    Booked,
    PlanConflicted,
    Release,
    Released,
    Unblock,
    Unblocked,
    agenda,
)
from carnet.dispatch.domain.entries import Absence, AbsenceKind, Visit
from carnet.kernel.testing import Given

given = Given(agenda)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def visit(start: str, end: str, visit_id: str = "v1", order_id: str = "o1") -> Visit:
    return Visit(visit_id=visit_id, order_id=order_id, technician_ids=("favre",), starts_at=at(start), ends_at=at(end))


def absence(start: str, end: str, kind: AbsenceKind = "military_service") -> Absence:
    return Absence(absence_id="a1", kind=kind, starts_at=at(start), ends_at=at(end))


def book(what: Visit, name: str = "Luc Favre") -> Book:
    return Book(whose="favre", name=name, visit=what)


morning = visit("2026-06-10T06:00Z", "2026-06-10T08:00Z")
service = absence("2026-06-08T00:00+02:00", "2026-06-27T00:00+02:00")
booked = Booked(whose="favre", visit=morning)
blocked = Blocked(whose="favre", absence=service)


def test_a_free_technician_is_booked() -> None:
    assert given().when(book(morning)) == [booked]


def test_booking_the_same_visit_twice_changes_nothing() -> None:
    assert given(booked).when(book(morning)) == []


def test_a_technician_on_military_service_is_refused_with_the_dates() -> None:
    because = "Luc Favre is on military service from 8 to 26 June; choose someone else or another day."
    given(blocked).refuses(book(morning), because=because)


def test_a_technician_who_is_booked_is_refused() -> None:
    because = "Luc Favre is already booked on 10 June from 08:00 to 10:00; choose someone else or another day."
    given(booked).refuses(book(visit("2026-06-10T07:59Z", "2026-06-10T09:00Z", "v2", "o2")), because=because)


def test_the_next_visit_begins_when_the_one_before_ends() -> None:
    after = visit("2026-06-10T08:00Z", "2026-06-10T09:00Z", "v2", "o2")
    assert given(booked).when(book(after)) == [Booked(whose="favre", visit=after)]


def test_an_order_that_is_moved_is_not_in_its_own_way() -> None:
    later = visit("2026-06-10T07:00Z", "2026-06-10T09:00Z", "v2", "o1")
    assert given(booked).when(book(later)) == [Booked(whose="favre", visit=later)]


def test_a_released_time_is_free_again() -> None:
    released = Released(whose="favre", visit_id="v1")
    assert given(booked).when(Release(whose="favre", visit_id="v1")) == [released]
    other = visit("2026-06-10T06:00Z", "2026-06-10T08:00Z", "v2", "o2")
    assert given(booked, released).when(book(other)) == [Booked(whose="favre", visit=other)]


def test_releasing_what_is_not_booked_changes_nothing() -> None:
    assert given().when(Release(whose="favre", visit_id="v1")) == []


def test_an_absence_over_a_booking_raises_a_conflict() -> None:
    conflict = PlanConflicted(whose="favre", visit_id="v1", order_id="o1", absence_id="a1")
    assert given(booked).when(Block(whose="favre", absence=service)) == [blocked, conflict]


def test_the_same_absence_again_changes_nothing() -> None:
    assert given(booked, blocked).when(Block(whose="favre", absence=service)) == []


def test_an_absence_with_other_dates_replaces_the_first() -> None:
    shorter = absence("2026-06-15T00:00+02:00", "2026-06-20T00:00+02:00")
    moved = Blocked(whose="favre", absence=shorter)
    assert given(blocked).when(Block(whose="favre", absence=shorter)) == [moved]
    assert given(blocked, moved).when(book(morning)) == [booked]


def test_a_withdrawn_absence_leaves_the_technician_free() -> None:
    unblocked = Unblocked(whose="favre", absence_id="a1")
    assert given(blocked).when(Unblock(whose="favre", absence_id="a1")) == [unblocked]
    assert given(blocked, unblocked).when(book(morning)) == [booked]


def test_withdrawing_twice_changes_nothing() -> None:
    assert given().when(Unblock(whose="favre", absence_id="a1")) == []
