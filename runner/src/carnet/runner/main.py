"""What the suite adds to the `carnet` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from carnet.kernel.command import DATA, REFUSED, Data, app, run, serve_on
from carnet.runner import language

__all__ = ["app"]

app.add_typer(language.app, name="events")
imports = typer.Typer(help="Data of other systems.", no_args_is_help=True)
app.add_typer(imports, name="import")

Front = Annotated[
    str, typer.Option("--front", help="Where a suite answers, if it is not the folder's.", envvar="CARNET_FRONT")
]


@app.command()
def up(
    data: Data = DATA,
    port: Annotated[int, typer.Option(help="Where it answers.")] = 8000,
    host: Annotated[str, typer.Option(help="Loopback, unless an issuer is configured.")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option(help="Load the demonstration once.")] = True,
) -> None:
    """Serve the whole suite in one process."""
    from carnet.runner.up import serve_up  # noqa: PLC0415  # a web server is needed by few commands

    serve_on(serve_up(data, host, port, demo=demo))


@app.command()
def token(
    role: Annotated[str, typer.Option(help="planner, technician, bookkeeper, viewer or admin")],
    data: Data = DATA,
) -> None:
    """Print a bearer token of the embedded issuer."""
    from carnet.runner import suite  # noqa: PLC0415  # as above

    typer.echo(suite.token(data, role))


@app.command()
def demo(
    data: Data = DATA,
    front: Front = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Play the demonstration's year into a suite; played again it adds nothing."""
    from carnet.runner.commands import play_demo  # noqa: PLC0415  # as above

    run(play_demo(data, front, as_json=as_json))


@app.command()
def verify(
    data: Data = DATA,
    front: Front = "",
    online: Annotated[bool, typer.Option(help="On a running suite.")] = False,
) -> None:
    """Compare every derived row and document with the events; exit 1 with the first difference."""
    from carnet.runner.commands import verify_all  # noqa: PLC0415  # as above

    run(verify_all(data, front, online=online))


@app.command()
def rebuild(
    model: Annotated[str, typer.Argument(help="CONTEXT.MODEL, such as dispatch.orders")],
    data: Data = DATA,
    front: Front = "",
) -> None:
    """Build a read model anew from the first event."""
    from carnet.runner.commands import rebuild_model  # noqa: PLC0415  # as above

    run(rebuild_model(data, front, model))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="A folder that is new or empty; it will hold the issuer's key.")],
    data: Data = DATA,
) -> None:
    """Back a data folder up, also while a suite runs on it: stores, documents, and what cannot be derived."""
    from carnet.kernel.settings import ServiceSettings, load  # noqa: PLC0415  # as above
    from carnet.runner.backup import back_up  # noqa: PLC0415  # as above

    made = back_up(load(ServiceSettings, data=data), target)
    typer.echo(f"{len(made.files)} files are backed up in {target}, with the issuer's key: keep it as you keep a key.")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A backup; the data folder has to be new or empty.")],
    data: Data = DATA,
) -> None:
    """Make a data folder from a backup; all that is derived is built anew."""
    from carnet.kernel.settings import ServiceSettings, load  # noqa: PLC0415  # as above
    from carnet.runner.restoring import restore as restored  # noqa: PLC0415  # as above

    run(restored(load(ServiceSettings, data=data), source))


@app.command()
def settings(write: Annotated[bool, typer.Option(help="Write docs/settings.md.")] = False) -> None:
    """Print every setting of every service, with what it means and what holds unless it is told."""
    from carnet.runner.settings_page import page  # noqa: PLC0415  # as above

    if write:
        Path("docs/settings.md").write_text(page())
    else:
        typer.echo(page())


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="A scenario (YAML): billing, work, cycles or deadline.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    explain: Annotated[bool, typer.Option(help="Each line with its proof.")] = False,
) -> None:
    """Play a scenario on the functions that production uses; nothing is recorded."""
    from carnet.runner.simulate import ScenarioRefused  # noqa: PLC0415  # as above
    from carnet.runner.simulate.command import simulate as played  # noqa: PLC0415  # as above

    try:
        status = played(file, as_json=as_json, explain=explain)
    except ScenarioRefused as error:
        sys.stderr.write(f"carnet: {error}\n")
        raise typer.Exit(REFUSED) from None
    raise typer.Exit(status)


@imports.command("objects")
def import_objects(
    file: Annotated[Path, typer.Argument(help="A CSV file, also .gz")],
    mapping: Annotated[Path, typer.Option(help="Which column means what (YAML).")],
    data: Data = DATA,
    front: Front = "",
) -> None:
    """Import objects; again adds nothing. Rows that cannot be read are reported, the others come in."""
    from carnet.runner import importing  # noqa: PLC0415  # as above

    try:
        run(importing.import_objects(importing.rows_of(file, mapping), data, front))
    except importing.ImportRefused as error:
        sys.stderr.write(f"carnet: {error}\n")
        raise typer.Exit(REFUSED) from None
