"""A technician is known by a number, and has skills from a day on until another.

The name of the person stands in this stream alone; everything else carries the technician's id (rule 18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Self, TypeAlias, assert_never

from pydantic import BaseModel, model_validator

from carnet.dispatch.domain.work import Code
from carnet.kernel.decider import Decider, Rejected


class Validity(BaseModel, frozen=True):
    """The days on which a skill holds, both included; no end: until further notice."""

    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until must not be before valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class TechnicianRegistered(BaseModel, frozen=True):
    type: Literal["technician-registered.v1"] = "technician-registered.v1"
    technician_id: str
    number: str
    name: str


class SkillGained(Validity, frozen=True):
    type: Literal["skill-gained.v1"] = "skill-gained.v1"
    technician_id: str
    skill: str


class SkillLost(BaseModel, frozen=True):
    type: Literal["skill-lost.v1"] = "skill-lost.v1"
    technician_id: str
    skill: str
    last_day: date


class Register(BaseModel, frozen=True):
    technician_id: str
    number: Code
    name: Code


class GainSkill(Validity, frozen=True):
    """A skill holds from a day on; given again, it holds for the new days instead."""

    skill: Code


class LoseSkill(BaseModel, frozen=True):
    """A skill holds on `last_day` for the last time."""

    skill: Code
    last_day: date


Event: TypeAlias = TechnicianRegistered | SkillGained | SkillLost
Command: TypeAlias = Register | GainSkill | LoseSkill


@dataclass(frozen=True)
class Technician:
    registered: TechnicianRegistered
    skills: Mapping[str, Validity] = field(default_factory=dict)

    def skills_on(self, day: date) -> frozenset[str]:
        """Give the skills that hold on a day."""
        return frozenset(skill for skill, validity in self.skills.items() if validity.holds_on(day))


State: TypeAlias = Technician | None


def register(command: Register, state: State) -> list[Event]:
    event = TechnicianRegistered(technician_id=command.technician_id, number=command.number, name=command.name)
    if state is None:
        return [event]
    if state.registered == event:
        return []
    raise Rejected(
        "Number {number} is {holder}'s; give {name} another number.",
        number=event.number,
        holder=state.registered.name,
        name=event.name,
    )


def gain(command: GainSkill, technician: Technician) -> list[Event]:
    validity = Validity(valid_from=command.valid_from, valid_until=command.valid_until)
    if technician.skills.get(command.skill) == validity:
        return []
    who = technician.registered.technician_id
    return [SkillGained(technician_id=who, skill=command.skill, **dict(validity))]


def lose(command: LoseSkill, technician: Technician) -> list[Event]:
    validity = technician.skills.get(command.skill)
    if validity is None:
        raise Rejected("{name} has never had the skill {skill}.", name=technician.registered.name, skill=command.skill)
    if validity.valid_until is not None and validity.valid_until <= command.last_day:
        return []
    if command.last_day < validity.valid_from:
        raise Rejected(
            "The skill {skill} began on {day}; give a last day from then on.",
            skill=command.skill,
            day=validity.valid_from,
        )
    who = technician.registered.technician_id
    return [SkillLost(technician_id=who, skill=command.skill, last_day=command.last_day)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case Register():
            return register(command, state)
        case GainSkill() | LoseSkill() if state is None:
            raise Rejected("Register the technician first.")
        case GainSkill():
            return gain(command, state)
        case LoseSkill():
            return lose(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case TechnicianRegistered():
            return Technician(event)
        case SkillGained():
            return with_skill(state, event.skill, Validity(valid_from=event.valid_from, valid_until=event.valid_until))
        case SkillLost():
            return with_skill(state, event.skill, ended(state, event))
        case _:
            assert_never(event)


def with_skill(state: State, skill: str, validity: Validity) -> State:
    return state and replace(state, skills={**state.skills, skill: validity})


def ended(state: State, event: SkillLost) -> Validity:
    since = state.skills[event.skill].valid_from if state else event.last_day
    return Validity(valid_from=since, valid_until=event.last_day)


technician = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
