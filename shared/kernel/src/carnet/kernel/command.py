"""The `carnet` command, as a service has it that is installed alone; the suite adds its own commands to it.

What an operator can put right is one clear line and exit status 2.
"""

import sys
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from carnet.kernel.folder import FolderRefused
from carnet.kernel.serve import NotReady, PortTaken
from carnet.kernel.settings import BadSettings
from carnet.kernel.store.port import StoreError

app = typer.Typer(help="Carnet: after-sales service, recorded as events.", no_args_is_help=True)

Context = Annotated[
    str, typer.Argument(help="objects, contracts, dispatch, invoicing or notifications", envvar="CARNET_CONTEXT")
]
Data = Annotated[Path, typer.Option("--data", help="The data folder.", envvar="CARNET_DATA")]
DATA = Path(".carnet")
REFUSED, INTERRUPTED = 2, 130
FOR_THE_OPERATOR = (FolderRefused, NotReady, PortTaken, BadSettings, StoreError)


def main() -> None:
    """Run the command; exit 2 with one line for what the operator can put right."""
    for each in entry_points(group="carnet.commands"):
        each.load()
    try:
        app()
    except FOR_THE_OPERATOR as error:
        sys.stderr.write(f"carnet: {error}\n")
        sys.exit(REFUSED)


def run(command: Coroutine[Any, Any, int | None]) -> None:
    """Run a command's coroutine to its end; its number is the exit status, 130 where Ctrl-C came first."""
    try:
        status = uvloop.run(command)
    except KeyboardInterrupt:
        sys.stderr.write("carnet: stopped; what was acknowledged is kept, run it again to go on.\n")
        status = INTERRUPTED
    raise typer.Exit(status or 0)


def serve_on(server: Coroutine[Any, Any, int | None]) -> None:
    """Run a server until Ctrl-C, which is its ordinary end."""
    with suppress(KeyboardInterrupt):
        uvloop.run(server)


@app.command()
def serve(
    context: Context,
    data: Data = DATA,
    port: Annotated[int, typer.Option(help="Where it answers.", envvar="CARNET_PORT")] = 8000,
    host: Annotated[
        str, typer.Option(help="Loopback, unless an issuer is configured.", envvar="CARNET_HOST")
    ] = "127.0.0.1",
) -> None:
    """Serve one context alone."""
    from carnet.kernel.serve import serve_one  # noqa: PLC0415  # only when it is asked for

    serve_on(serve_one(context, data, host, port))


@app.command()
def migrate(context: Context) -> None:
    """Bring what cannot be derived in a context's database up to this release; a service that starts does the same."""
    from carnet.kernel.operating import migrate_one  # noqa: PLC0415  # as above

    run(migrate_one(context))


@app.command()
def renew(context: Context, data: Data = DATA) -> None:
    """Let a context live on whose store or database an older copy was put in place of; nothing of it may run."""
    from carnet.kernel.operating import renew_one  # noqa: PLC0415  # as above

    run(renew_one(context, data))


@app.command()
def day(
    context: Context,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Today, where none is given.")] = None,
) -> None:
    """Let a context that runs (contracts, invoicing) do a day's run, as its own ticker does; once more does nothing."""
    from carnet.kernel.operating import run_day  # noqa: PLC0415  # as above

    run(run_day(context, on.date() if on else None))
