"""What the command line asks of a suite over HTTP: the one that runs on the folder, else one of its own."""

import json
from pathlib import Path

import typer

from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import BadSettings
from carnet.runner import rebuilding
from carnet.runner.playing import played
from carnet.runner.suite import reached, settle


async def play_demo(data: Path, front: str, *, as_json: bool) -> int:
    """Play the year; print its figures."""
    async with reached(data, front) as suite:
        figures = await played(suite)
    typer.echo(json.dumps(figures, indent=None if as_json else 2))
    return 0


async def verify_all(data: Path, front: str, *, online: bool) -> int:
    """Verify every service; 1 and the first difference where there is one."""
    async with reached(data, front) as suite:
        if not online:
            await settle(suite)
        models = 0
        for context in CONTEXTS:
            verdict = (await suite.post(f"/{context}/ops/verify", timeout=600)).raise_for_status().json()
            models += verdict["read_models"]
            if verdict["differences"]:
                typer.echo(
                    f"{context}: {len(verdict['differences'])} differences; the first: {verdict['differences'][0]}"
                )
                return 1
    typer.echo(f"All as the events say: {models} read models in {len(CONTEXTS)} services, documents by their hash.")
    return 0


async def rebuild_model(data: Path, front: str, model: str) -> int:
    """Rebuild a read model and wait for it."""
    context = model.split(".", maxsplit=1)[0]
    if context not in CONTEXTS:
        raise BadSettings(f"{model}: name a read model as CONTEXT.MODEL; contexts are {', '.join(CONTEXTS)}")
    async with reached(data, front) as suite:
        await rebuilding.rebuild(suite, context, model)
    typer.echo(f"{model} is rebuilt.")
    return 0
