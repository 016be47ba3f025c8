"""Who may do what in dispatch; an admin may everything."""

from typing import Annotated

from carnet.kernel.web.identity import Person, require

Planner = Annotated[Person, require("planner")]
Worker = Annotated[Person, require("planner", "technician")]
Approver = Annotated[Person, require("planner", "bookkeeper")]
