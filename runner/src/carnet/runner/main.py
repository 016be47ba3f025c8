"""The `carnet` command. What an operator can put right is one clear line and exit status 2."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from carnet.kernel.folder import FolderRefused
from carnet.kernel.serve import PortTaken
from carnet.kernel.settings import BadSettings
from carnet.kernel.store.port import StoreError

app = typer.Typer(help="Carnet: after-sales service, recorded as events.", no_args_is_help=True)
events_app = typer.Typer(help="The published language.", no_args_is_help=True)
app.add_typer(events_app, name="events")

Data = Annotated[Path, typer.Option("--data", help="The data folder.", envvar="CARNET_DATA")]
DATA = Path(".carnet")
REFUSED = 2
OPERATORS_ERRORS = (FolderRefused, PortTaken, BadSettings, StoreError)


def main() -> None:
    """Run the command; exit 2 with one line for what the operator can put right."""
    try:
        app()
    except OPERATORS_ERRORS as error:
        sys.exit(complaint(error))


def complaint(error: Exception) -> int:
    sys.stderr.write(f"carnet: {error}\n")
    return REFUSED


def run(command: Coroutine[Any, Any, int | None]) -> None:
    """Run a command's coroutine; its number is the exit status."""
    try:
        status = asyncio.run(command)
    except KeyboardInterrupt:
        status = 0
    except ExceptionGroup as group:
        raise group.exceptions[0] from group
    raise typer.Exit(status or 0)


@app.command()
def up(
    data: Data = DATA,
    port: Annotated[int, typer.Option(help="Where it answers.")] = 8000,
    host: Annotated[str, typer.Option(help="Loopback, unless an issuer is configured.")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option(help="Load the demonstration once.")] = True,
) -> None:
    """Serve the whole suite in one process."""
    from carnet.runner.up import serve_up

    run(serve_up(data, host, port, demo=demo))


@app.command()
def token(
    role: Annotated[str, typer.Option(help="planner, technician, bookkeeper, viewer or admin")], data: Data = DATA
) -> None:
    """Print a bearer token of the embedded issuer."""
    from carnet.runner import suite

    typer.echo(suite.token(data, role))


__all__ = ["json", "timedelta"]
