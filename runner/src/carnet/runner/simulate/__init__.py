"""`carnet simulate`: a scenario played on the very functions that production uses; no server, no store, no clock.

A contract is decided by contracts, told by its `publishing`, heard by invoicing and billed there; work is told as
dispatch tells it. There is no second model of anything.
"""

from carnet.runner.simulate.playing import play, played_file
from carnet.runner.simulate.reading import ScenarioRefused

__all__ = ["ScenarioRefused", "play", "played_file"]
