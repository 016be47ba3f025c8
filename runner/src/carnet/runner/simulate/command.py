"""`carnet simulate FILE`: a scenario's result on the screen, or as JSON for other programs."""

import json
from pathlib import Path

import typer

from carnet.runner.simulate.playing import played_file
from carnet.runner.simulate.report import difference, report


def simulate(file: Path, *, as_json: bool, explain: bool) -> int:
    """Print the result; for a person also whether it is as the file expects, with status 1 where it is not.

    Raises ScenarioRefused.
    """
    result, expected = played_file(file, explain=explain)
    if as_json:
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        return 0
    for line in report(result):
        typer.echo(line)
    return told_apart(played_file(file)[0], expected)


def told_apart(result: object, expected: object) -> int:
    """Say how a result without its proofs is told apart from what is expected."""
    if expected is None:
        return 0
    found = difference(result, expected)
    typer.echo("As the file expects." if found is None else f"Not as the file expects: {found}.")
    return int(found is not None)
