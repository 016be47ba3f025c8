"""Somebody who follows a page: gives its commands to a shell, and sees that they answer what the page says."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from operating.pages import Page, Step

PATIENCE = 120.0  # seconds, far beyond what is needed: a test never depends on speed
PROGRAMS = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


@dataclass
class Reader:
    """Follows one page, section by section; `told` are the variables that the page takes for granted."""

    page: Page
    folder: Path
    told: dict[str, str] = field(default_factory=dict)
    followed: set[str] = field(default_factory=set)

    async def follow(self, section: str, **more: str) -> str:
        """Give each command of a section, once more where the page waits for an answer; give the last answer."""
        self.told |= more
        self.followed.add(section)
        answers = [await self.give(step) for step in self.page.sections[section]]
        return answers[-1]

    async def give(self, step: Step) -> str:
        """Give a step to a shell, again and again until it answers what it does in the end; raises AssertionError."""
        until = time.monotonic() + PATIENCE
        while True:
            status, answer = await self.shell(step.command)
            if status == 0 and not missing(step, answer):
                return answer
            assert step.in_the_end, f"{step.command}({status}) answers {answer!r} without {missing(step, answer)}"
            assert time.monotonic() < until, f"{step.command}answers {answer!r} to the end"

    async def shell(self, command: str) -> tuple[int, str]:
        """Give a command to bash, in the reader's folder; give its exit status and what it says."""
        process = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", command, cwd=self.folder, env={"PATH": PROGRAMS, **self.told},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode or 0, said.decode()

    def has_followed_all(self) -> bool:
        return self.followed == self.page.sections.keys()


def missing(step: Step, answer: str) -> list[str]:
    """Give what a page says that a command answers, and it does not."""
    return [each for each in step.answers if each not in answer]
