"""From a scenario's file to its result, or to the one sentence that says why it makes no sense."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from carnet.kernel.decider import Rejected
from carnet.runner.simulate import billing, timing, work
from carnet.runner.simulate.fees import FeeStory
from carnet.runner.simulate.orders import WorkStory
from carnet.runner.simulate.timing import Cycles, ReactionTime

KINDS: Mapping[str, tuple[type[BaseModel], Callable[[Any, bool], Any]]] = {
    "billing": (FeeStory, billing.play),
    "work": (WorkStory, work.play),
    "cycles": (Cycles, timing.dates),
    "deadline": (ReactionTime, timing.deadlines),
}


class ScenarioRefused(Exception):
    """The scenario makes no sense, said in one sentence."""


def played_file(file: Path, *, explain: bool = False) -> tuple[Any, Any]:
    """Play a scenario's file; give its result and what the file expects (None where it does not say).

    The result has the shape of `expect`; with `explain` each line carries its proof (B2). Raises ScenarioRefused.
    """
    told = read(file)
    return play(told, explain=explain), told.get("expect")


def play(told: Mapping[str, Any], *, explain: bool = False) -> Any:
    """Play a scenario; raises ScenarioRefused."""
    model, playing = KINDS.get(str(told.get("kind")), (None, None))
    if model is None or playing is None:
        raise ScenarioRefused(f"There is no scenario of kind {told.get('kind')!r}: take one of {', '.join(KINDS)}.")
    try:
        return playing(model.model_validate(told), explain)
    except ValidationError as error:
        raise ScenarioRefused(sentence(error)) from error
    except Rejected as why:
        raise ScenarioRefused(str(why)) from why


def read(file: Path) -> dict[str, Any]:
    """Read a scenario; every value is taken as it is written (12:30 is no number)."""
    try:
        told = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  # it makes strings only
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioRefused(f"{file} cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(told, dict):
        raise ScenarioRefused(f"{file} is no scenario: it names no kind.")
    return told


def sentence(error: ValidationError) -> str:
    """Say where the first mistake is, and what it is."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {said}." if where else f"{said}."
