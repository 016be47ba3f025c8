"""A template is kept in versions and retired; changing it changes no contract (S15, S66)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, assert_never

from pydantic import BaseModel, Field

from carnet.contracts.domain.pattern import Pattern
from carnet.contracts.domain.terms import Id
from carnet.kernel.decider import Decider, Rejected


class TemplateKept(BaseModel, frozen=True):
    """A template's whole content, under its next version."""

    type: Literal["template-kept.v1"] = "template-kept.v1"
    name: Id
    version: int = Field(ge=1)
    pattern: Pattern
    recorded: date


class TemplateRetired(BaseModel, frozen=True):
    type: Literal["template-retired.v1"] = "template-retired.v1"
    name: Id
    recorded: date


class KeepTemplate(BaseModel, frozen=True):
    name: Id
    pattern: Pattern
    recorded: date


class RetireTemplate(BaseModel, frozen=True):
    recorded: date


Event: TypeAlias = TemplateKept | TemplateRetired
Command: TypeAlias = KeepTemplate | RetireTemplate


@dataclass(frozen=True)
class Template:
    """The newest version; a retired one is offered to nobody any more."""

    name: str
    version: int
    pattern: Pattern
    retired: bool = False


State: TypeAlias = Template | None


def keep(command: KeepTemplate, state: State) -> list[Event]:
    if state is not None and not state.retired and state.pattern == command.pattern:
        return []
    number = state.version + 1 if state else 1
    return [TemplateKept(name=command.name, version=number, pattern=command.pattern, recorded=command.recorded)]


def retire(command: RetireTemplate, state: State) -> list[Event]:
    if state is None:
        raise Rejected("There is no template of this name: keep one first.")
    return [] if state.retired else [TemplateRetired(name=state.name, recorded=command.recorded)]


def decide(command: Command, state: State) -> list[Event]:
    match command:
        case KeepTemplate():
            return keep(command, state)
        case RetireTemplate():
            return retire(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    match event:
        case TemplateKept(name=name, version=version, pattern=pattern):
            return Template(name, version, pattern)
        case TemplateRetired():
            return Template(state.name, state.version, state.pattern, retired=True) if state else None
        case _:
            assert_never(event)


template = Decider[Command, State, Event](initial=None, decide=decide, evolve=evolve)
