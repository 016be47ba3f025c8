"""Who may do what with contracts."""

from typing import Annotated

from carnet.kernel.web.identity import Person, require

Planner = Annotated[Person, require("planner")]
Seller = Annotated[Person, require("planner", "bookkeeper")]
