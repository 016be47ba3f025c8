"""The pages that an operator follows: their sections, the commands in them, and what each is said to answer."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"
RUNBOOKS: Final = DOCS / "runbooks"
NOT_HERE: Final = ("# not run here", "# run by ")
"""How the first line of a block begins that this machinery leaves to others, or to nobody."""
STEP: Final = re.compile(r"^```sh\n(?P<command>.*?)^```\n\n?(?P<behind>[^\n]*)", re.MULTILINE | re.DOTALL)
ANSWERS: Final = re.compile(r"(Answers|In the end it answers) (`[^`]+`(?:(?:, | and )`[^`]+`)*)")


@dataclass(frozen=True)
class Step:
    """One block of commands and, from the line behind it, what stands in its answer, at once or `in_the_end`."""

    command: str
    answers: tuple[str, ...] = ()
    in_the_end: bool = False

    @property
    def is_run(self) -> bool:
        return not self.command.startswith(NOT_HERE)


@dataclass(frozen=True)
class Page:
    """One page; what stands before its first section belongs to none and has no commands."""

    file: Path

    @cached_property
    def sections(self) -> dict[str, list[Step]]:
        """Give the steps by the section's heading, those sections left out in which nothing is run."""
        _, *parts = re.split(r"^##+ ", self.file.read_text(), flags=re.MULTILINE)
        found = {heading: steps(text) for heading, text in (part.split("\n", 1) for part in parts)}
        return {heading: run for heading, all_steps in found.items() if (run := [s for s in all_steps if s.is_run])}


def steps(text: str) -> list[Step]:
    return [step(found["command"], found["behind"]) for found in STEP.finditer(text)]


def step(command: str, behind: str) -> Step:
    if (said := ANSWERS.match(behind)) is None:
        return Step(command)
    return Step(command, tuple(re.findall(r"`([^`]+)`", said[2])), said[1] != "Answers")
