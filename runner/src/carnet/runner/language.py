"""`carnet events`: the published language checked, exported and described."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
import yaml

from carnet.events import handbook, schemas
from carnet.events.asyncapi import document

app = typer.Typer(help="The published language.", no_args_is_help=True)
HANDBOOK = Path("docs/events.md")
ASYNCAPI = schemas.FOLDER.with_name("asyncapi.yaml")


@app.command()
def check() -> None:
    """Fail on a change that breaks a consumer, and on what is not checked in as models and services say."""
    wrong = [*schemas.check(), *stale()]
    for line in wrong:
        typer.echo(line, err=True)
    typer.echo(f"{len(schemas.exported())} published types, {len(wrong)} findings")
    raise typer.Exit(1 if wrong else 0)


def stale() -> Iterator[str]:
    if HANDBOOK.exists() and HANDBOOK.read_text() != handbook.handbook():
        yield f"{HANDBOOK} is not as the models say; run `carnet events catalogue --write`."
    if not ASYNCAPI.exists() or ASYNCAPI.read_text() != described():
        yield f"{ASYNCAPI.name} is not as models and services say; run `carnet events asyncapi --write`."


def described() -> str:
    """Give the AsyncAPI document as YAML."""
    from carnet.runner.hearing import heard  # noqa: PLC0415  # the services are needed by few commands

    return yaml.safe_dump(document(asyncio.run(heard())), sort_keys=False, allow_unicode=True, width=120)


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


@app.command()
def asyncapi(write: Annotated[bool, typer.Option(help="Write shared/events/asyncapi.yaml.")] = False) -> None:
    """Print the published language as AsyncAPI 3.0, with what each context sends and hears."""
    if write:
        ASYNCAPI.write_text(described())
    else:
        typer.echo(described())
