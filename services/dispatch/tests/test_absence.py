"""The newest word about an absence counts, and every week it ever touched is known."""

from datetime import UTC, datetime

import pytest

from carnet.dispatch.consumers import entry
from carnet.dispatch.domain.absence import AbsenceRecorded, AbsenceWithdrawn, Record, Withdraw, absence
from carnet.dispatch.domain.entries import Absence
from carnet.events import inbound
from carnet.kernel.decider import Rejected
from carnet.kernel.testing import Given

given = Given(absence)


def away(first: int, last: int) -> Absence:
    return Absence(
        absence_id="a1",
        kind="holidays",
        starts_at=datetime(2026, 6, first, tzinfo=UTC),
        ends_at=datetime(2026, 6, last + 1, tzinfo=UTC),
    )


recorded = AbsenceRecorded(technician_id="favre", absence=away(8, 26))
withdrawn = AbsenceWithdrawn(absence_id="a1")


def test_an_absence_is_recorded_once() -> None:
    assert given().when(Record(technician_id="favre", absence=away(8, 26))) == [recorded]
    assert given(recorded).when(Record(technician_id="favre", absence=away(8, 26))) == []


def test_other_dates_are_recorded_and_the_weeks_before_are_not_forgotten() -> None:
    moved = AbsenceRecorded(technician_id="favre", absence=away(22, 26))
    assert given(recorded).when(Record(technician_id="favre", absence=away(22, 26))) == [moved]
    state = absence.fold([recorded, moved])
    assert state is not None
    assert state.weeks == {"2026-W24", "2026-W25", "2026-W26"}


def test_an_absence_stays_with_its_technician() -> None:
    given(recorded).refuses(Record(technician_id="keller", absence=away(8, 26)), because="another technician's")


def test_an_absence_is_withdrawn_once() -> None:
    assert given(recorded).when(Withdraw(absence_id="a1")) == [withdrawn]
    assert given(recorded, withdrawn).when(Withdraw(absence_id="a1")) == []
    assert given().when(Withdraw(absence_id="a1")) == []


def test_an_absence_that_takes_no_time_is_refused_in_a_sentence() -> None:
    noon = datetime(2026, 6, 8, 12, tzinfo=UTC)
    told = inbound.Absence(id="hr-1", technician_number="favre", kind="training", starts_at=noon, ends_at=noon)
    with pytest.raises(Rejected, match="hr-1 has no times that can be"):
        entry(told)
