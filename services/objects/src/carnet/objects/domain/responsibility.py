"""From a day on, a party is owner, property manager or contact of an object or a site (S86, S87)."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from pydantic import BaseModel

Role = Literal["owner", "manager", "contact"]
Responsibilities: TypeAlias = Mapping[tuple[Role, date], str]


class ResponsibilityAssigned(BaseModel, frozen=True):
    type: Literal["responsibility-assigned.v1"] = "responsibility-assigned.v1"
    node_id: str
    role: Role
    party_id: str
    valid_from: date


class AssignResponsibility(BaseModel, frozen=True):
    role: Role
    party_id: str
    valid_from: date


def assign(node_id: str, command: AssignResponsibility, known: Responsibilities) -> list[ResponsibilityAssigned]:
    """Give the assignment, or nothing where this party has the role from that day already."""
    if known.get((command.role, command.valid_from)) == command.party_id:
        return []
    return [ResponsibilityAssigned(node_id=node_id, **dict(command))]


def with_assignment(known: Responsibilities, event: ResponsibilityAssigned) -> Responsibilities:
    """Give who is responsible from when; a second party for the same role and day replaces the first."""
    return {**known, (event.role, event.valid_from): event.party_id}
