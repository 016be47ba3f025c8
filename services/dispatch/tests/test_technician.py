"""Technicians are known by number; their skills hold from a day to a day."""

from datetime import date

import pytest

from carnet.dispatch.domain.technician import (
    GainSkill,
    LoseSkill,
    Register,
    SkillGained,
    SkillLost,
    TechnicianRegistered,
    Validity,
    technician,
)
from carnet.kernel.testing import Given

given = Given(technician)
new_year, june = date(2026, 1, 1), date(2026, 6, 30)
luc = Register(technician_id="t1", number="1", name="Luc Favre")
registered = TechnicianRegistered(technician_id="t1", number="1", name="Luc Favre")
gained = SkillGained(technician_id="t1", skill="hydraulic", valid_from=new_year)
lost = SkillLost(technician_id="t1", skill="hydraulic", last_day=june)


def test_a_technician_is_registered_once() -> None:
    assert given().when(luc) == [registered]
    assert given(registered).when(luc) == []


def test_a_number_belongs_to_one_person() -> None:
    other = Register(technician_id="t1", number="1", name="Sandra Keller")
    given(registered).refuses(other, because="Number 1 is Luc Favre's; give Sandra Keller another number.")


def test_a_skill_is_gained_once() -> None:
    assert given(registered).when(GainSkill(skill="hydraulic", valid_from=new_year)) == [gained]
    assert given(registered, gained).when(GainSkill(skill="hydraulic", valid_from=new_year)) == []


def test_a_skill_is_lost_once_and_holds_until_its_last_day() -> None:
    assert given(registered, gained).when(LoseSkill(skill="hydraulic", last_day=june)) == [lost]
    assert given(registered, gained, lost).when(LoseSkill(skill="hydraulic", last_day=june)) == []
    state = technician.fold([registered, gained, lost])
    assert state is not None
    assert state.skills_on(june) == {"hydraulic"}
    assert state.skills_on(date(2026, 7, 1)) == state.skills_on(date(2025, 12, 31)) == frozenset()


def test_a_skill_that_nobody_gained_cannot_be_lost() -> None:
    given(registered).refuses(LoseSkill(skill="doors", last_day=june), because="never had the skill doors")


def test_a_skill_cannot_end_before_it_began() -> None:
    command = LoseSkill(skill="hydraulic", last_day=date(2025, 1, 1))
    given(registered, gained).refuses(command, because="began on 2026-01-01")


def test_a_technician_is_registered_before_his_skills() -> None:
    given().refuses(GainSkill(skill="doors", valid_from=new_year), because="Register the technician first")


def test_validity_ends_after_it_begins() -> None:
    with pytest.raises(ValueError, match="valid_until must not be before"):
        Validity(valid_from=june, valid_until=new_year)
