"""`carnet events`: the published language checked, exported and described."""

from pathlib import Path
from typing import Annotated

import typer

from carnet.events import handbook, schemas

app = typer.Typer(help="The published language.", no_args_is_help=True)
HANDBOOK = Path("docs/events.md")


@app.command()
def check() -> None:
    """Fail on a change that breaks a consumer, and on schemas or a catalogue that are not as the models say."""
    wrong = schemas.check()
    if HANDBOOK.exists() and HANDBOOK.read_text() != handbook.handbook():
        wrong.append(f"{HANDBOOK} is not as the models say; run `carnet events catalogue --write`.")
    for line in wrong:
        typer.echo(line, err=True)
    typer.echo(f"{len(schemas.exported())} published types, {len(wrong)} findings")
    raise typer.Exit(1 if wrong else 0)


@app.command("schemas")
def write_schemas() -> None:
    """Write the JSON Schemas; refuse a change that is not additive."""
    try:
        schemas.keep()
    except schemas.Incompatible as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def catalogue(write: Annotated[bool, typer.Option(help="Write docs/events.md.")] = False) -> None:
    """Print the catalogue of published events."""
    if write:
        HANDBOOK.write_text(handbook.handbook())
    else:
        typer.echo(handbook.handbook())
