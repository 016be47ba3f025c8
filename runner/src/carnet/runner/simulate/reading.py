"""A scenario's file as it is written: texts under names, each name once."""

from pathlib import Path
from typing import Any

import yaml


class ScenarioRefused(Exception):
    """The scenario makes no sense, said in one sentence."""


class AsWritten(yaml.BaseLoader):
    """Every value is taken as the text that it is (12:30 is no number); a name that stands twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [name.value for name, _ in node.value]
        for name, _ in node.value:
            if names.count(name.value) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name.value} stands there twice", name.start_mark)
        return super().construct_mapping(node, deep)


def read(file: Path) -> dict[str, Any]:
    """Read a scenario; raises ScenarioRefused."""
    try:
        told = yaml.load(file.read_text(encoding="utf-8-sig"), AsWritten)  # noqa: S506  # it makes texts only
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ScenarioRefused(f"{file} cannot be read: {because(error)}.") from error
    if not isinstance(told, dict):
        raise ScenarioRefused(f"{file} is no scenario: it names no kind.")
    return told


def because(error: Exception) -> str:
    match error:
        case yaml.MarkedYAMLError(problem_mark=yaml.Mark() as mark):
            what = " ".join(filter(None, (error.context, error.problem)))
            return f"line {mark.line + 1}, column {mark.column + 1}: {what}"
        case OSError(strerror=str(why)):
            return why
        case UnicodeDecodeError():
            return "save it in UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return " ".join(str(error).split())
