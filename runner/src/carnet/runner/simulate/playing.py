"""From a scenario's file to its result, or to the one sentence that says why it makes no sense."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from carnet.kernel.decider import Rejected
from carnet.runner.simulate import billing, timing, work
from carnet.runner.simulate.fees import FeeStory
from carnet.runner.simulate.mistakes import sentence
from carnet.runner.simulate.orders import WorkStory
from carnet.runner.simulate.reading import ScenarioRefused, read
from carnet.runner.simulate.times import Cycles, ReactionTime

KINDS: Mapping[str, tuple[type[BaseModel], Callable[[Any, bool], Any]]] = {
    "billing": (FeeStory, billing.play),
    "work": (WorkStory, work.play),
    "cycles": (Cycles, timing.dates),
    "deadline": (ReactionTime, timing.deadlines),
}


def played_file(file: Path, *, explain: bool = False) -> tuple[Any, Any]:
    """Play a scenario's file; give its result and what the file expects (None where it does not say).

    The result has the shape of `expect`; with `explain` each line carries its proof (B2). Raises ScenarioRefused.
    """
    told = read(file)
    return play(told, explain=explain), told.get("expect")


def play(told: Mapping[str, Any], *, explain: bool = False) -> Any:
    """Play a scenario; raises ScenarioRefused."""
    kind = str(told.get("kind", "none"))
    if kind not in KINDS:
        raise ScenarioRefused(f"There is no scenario of kind {kind!r}: take one of {', '.join(KINDS)}.")
    model, playing = KINDS[kind]
    try:
        return playing(model.model_validate(told), explain)
    except ValidationError as error:
        raise ScenarioRefused(sentence(error)) from error
    except Rejected as why:
        raise ScenarioRefused(str(why)) from why
