"""A number gives an id, always the same one: this makes numbers unique and a second request the same request."""

from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

PARTIES: Final = UUID("5b5a3c9e-7f3b-5d0c-9a44-9a2c0d1f6a01")
SITES: Final = UUID("5b5a3c9e-7f3b-5d0c-9a44-9a2c0d1f6a02")
OBJECTS: Final = UUID("5b5a3c9e-7f3b-5d0c-9a44-9a2c0d1f6a03")
LEADS: Final = UUID("5b5a3c9e-7f3b-5d0c-9a44-9a2c0d1f6a04")


def party_id(number: str) -> str:
    """Give the id of the party with this number."""
    return str(uuid5(PARTIES, number))


@lru_cache(maxsize=65_536)  # an import asks for a building's id at each of its objects
def site_id(number: str) -> str:
    """Give the id of the project, site or place with this number."""
    return str(uuid5(SITES, number))


def object_id(number: str) -> str:
    """Give the id of the object with this number."""
    return str(uuid5(OBJECTS, number))


def lead_id(task_id: str) -> str:
    """Give the id of the lead that a task can become; a task becomes one lead at most."""
    return str(uuid5(LEADS, task_id))
