"""The five services in one process, or reached where they already run."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from carnet.kernel.folder import FolderHeld, FolderRefused, held
from carnet.kernel.issuer import embedded
from carnet.kernel.logs import configure
from carnet.kernel.serve import Make, NotReady, Server, build, calm_garbage_collection, listen, server
from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import BadSettings, ServiceSettings, load
from carnet.kernel.trouble import first_line
from carnet.kernel.web.front import Front
from carnet.kernel.web.identity import ROLES, Person
from carnet.runner.patience import Patient

BUSY = "Others work on {} already: try again when they are done, or say by --front where all contexts answer."
LOOPBACK = "127.0.0.1"
PUBLIC_PORT = 8000  # where `carnet up` answers when nobody says otherwise
READY_SECONDS = 60


class Within(uvicorn.Server):
    """A server within a command: Ctrl-C is the command's, which stops first and then its server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configured(data: Path, host: str, port: int, public_port: int) -> ServiceSettings:
    """Set what the command line says for every service of this process, and give what they share.

    Letters and mails name the public address, which is to be reached long after this process has gone.
    """
    os.environ |= {"CARNET_DATA": str(data), "CARNET_HOST": host, "CARNET_PORT": str(port)}
    os.environ.setdefault("CARNET_PUBLIC_ADDRESS", f"http://{host}:{public_port}")
    return load(ServiceSettings)


@asynccontextmanager
async def serving(
    data: Path, host: str = LOOPBACK, port: int = 0, make: Make = Server
) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """Serve the suite on a data folder for as long as the block runs.

    Port 0 takes any that is free. Gives its address and the task that ends when the server is told to stop.
    Raises PortTaken, FolderHeld, FolderRefused, BadSettings.
    """
    listener = listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    with listener, held(data, address):
        settings = configured(data, host, listener.getsockname()[1], port or PUBLIC_PORT)
        configure(settings.log_format, "error" if settings.log_level == "info" else settings.log_level)
        front = Front({context: build(context) for context in CONTEXTS})
        calm_garbage_collection()
        async with front.running():
            web = server(front, make=make)
            task = asyncio.create_task(web.serve(sockets=[listener]))
            try:
                await ready(address, task)
                yield address, task
            finally:
                web.should_exit = True
                await asyncio.gather(task, return_exceptions=True)


async def ready(address: str, task: asyncio.Task[None]) -> None:
    """Wait until every service says that it is ready; raises NotReady."""
    async with httpx.AsyncClient(base_url=address) as client:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await all_ready(client, task)
        except TimeoutError:
            raise NotReady(f"The suite did not get ready within {READY_SECONDS} s; its log says why.") from None


async def all_ready(client: httpx.AsyncClient, task: asyncio.Task[None]) -> None:
    for context in CONTEXTS:
        while not await is_ready(client, context):
            if task.done():
                raise NotReady("The suite stopped while it started; its log says why.")
            await asyncio.sleep(0.05)


async def is_ready(client: httpx.AsyncClient, context: str) -> bool:
    try:
        return (await client.get(f"/{context}/health/ready")).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def reached(data: Path, front: str = "") -> AsyncIterator[httpx.AsyncClient]:
    """Give an admin's client: of the suite at `front`, else of the one that runs on the folder, else of our own.

    Raises NotReady where nobody answers, FolderRefused where others are on the folder and nobody knows their address.
    """
    if front:
        async with answering(data, front) as elsewhere:
            yield elsewhere
        return
    try:
        async with serving(data, make=Within) as (address, _), client(data, address) as ours:
            with in_a_line(address):
                yield ours
    except FolderHeld as running:
        if not running.address:
            raise FolderRefused(BUSY.format(data)) from None
        async with answering(data, running.address) as theirs:
            yield theirs


@asynccontextmanager
async def answering(data: Path, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give an admin's client of a suite that runs, by CARNET_TOKEN or the key of the data folder; raises NotReady."""
    with in_a_line(address):
        async with bearing(os.environ.get("CARNET_TOKEN") or token(data, "admin"), address) as suite:
            yield suite


@contextmanager
def in_a_line(address: str) -> Iterator[None]:
    """Raise NotReady, in one sentence, where a suite does not answer as it should or does not come to rest."""
    try:
        yield
    except httpx.HTTPError as error:
        raise NotReady(f"The suite at {address} cannot be asked: {first_line(error)}.") from error
    except TimeoutError as error:
        raise NotReady(
            f"The suite at {address} does not come to rest; its /CONTEXT/ops/ say what is behind."
        ) from error


def client(data: Path, address: str, role: str = "admin") -> httpx.AsyncClient:
    """Make a client that acts as a person of a role."""
    return bearing(token(data, role), address)


def bearing(token: str, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30, transport=Patient()
    )


def token(data: Path, role: str) -> str:
    """Issue a token for a person of a role, by the key of the data folder; raises BadSettings for no role of ours."""
    if role not in ROLES:
        raise BadSettings(f"There is no role {role!r}; take one of {', '.join(ROLES)}.")
    os.environ["CARNET_DATA"] = str(data)
    person = Person(subject=f"command-line-{role}", name="Command line", roles=frozenset({role}))
    return embedded(load(ServiceSettings)).issue(person, timedelta(hours=12))


async def settle(suite: httpx.AsyncClient, patience: float = 60.0) -> None:
    """Wait until every relay and consumer has caught up, seen twice in a row with nothing recorded between."""
    async with asyncio.timeout(patience):
        last: list[int | None] | None = None
        while (heads := await at_rest(suite)) is None or heads != last:
            last = heads
            await asyncio.sleep(0.005)


async def at_rest(suite: httpx.AsyncClient) -> list[int | None] | None:
    """Give where the stores end; None while there is work. Each is looked at once, so one look alone may miss some."""
    all_of_them = await asyncio.gather(*(status(suite, context) for context in CONTEXTS))
    return [each["head"] for each in all_of_them] if all(map(rests, all_of_them)) else None


async def status(suite: httpx.AsyncClient, context: str) -> dict[str, Any]:
    found: dict[str, Any] = (await suite.get(f"/{context}/ops/status")).raise_for_status().json()
    return found


def rests(status: dict[str, Any]) -> bool:
    behind = any(c["lag"] or c["held"].keys() - {"dead"} for c in status["consumers"])
    return status["head"] == status["relayed"] and not behind
