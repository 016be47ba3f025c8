"""A new node hangs under a node that is registered already, so no new node can ever close a circle."""

from pydantic import BaseModel

from carnet.kernel.decider import Rejected


class Placement(BaseModel, frozen=True):
    """Where a new node stands; no parent is the top. `site_id` is the nearest site above it."""

    parent_id: str | None = None
    site_id: str | None = None
    parent_registered: bool = True


TOP = Placement()


def check_placement(placement: Placement) -> None:
    """Refuse a parent that is not registered; once registered, a node stays so."""
    if placement.parent_id is not None and not placement.parent_registered:
        raise Rejected("Register the parent before what hangs under it.")
