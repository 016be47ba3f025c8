"""The image of a service: by hadolint, by what it says, and installed the same way into an environment of its own."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from deploy.told import IMAGE
from engines.ports import free_port
from engines.processes import Replica

from carnet.kernel.service import CONTEXTS

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
DOCKERFILE = ROOT / "Dockerfile"
NOT_SENT = shutil.ignore_patterns("tests", "__pycache__", "*.egg-info")

LOOK = """
import importlib, importlib.metadata as m, sys
import carnet
print(*sorted(d.name for d in m.distributions()))
print(*sorted(e.name for p in carnet.__path__ for e in __import__("pathlib").Path(p).iterdir()))
for chosen in ("bus.kafka", "store.eventstore", "postgresql", "tracing.otlp"):
    importlib.import_module(f"carnet.kernel.{chosen}")
"""


def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run([BIN / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_hadolint_is_for_is_seen(tmp_path: Path) -> None:
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.read_text() + "\nRUN cd /tmp && sudo true\n")
    assert subprocess.run([BIN / "hadolint", worse], capture_output=True, check=False).returncode == 1


def test_it_says_what_the_deployments_rely_on() -> None:
    said = DOCKERFILE.read_text()
    assert dict(re.findall(r"(CARNET_(?:DATA|HOST|PORT))=(\S+)", said)) == IMAGE
    assert re.findall(r"^USER (.*)$", said, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^EXPOSE (.*)$", said, re.MULTILINE) == [IMAGE["CARNET_PORT"]]
    assert re.findall(r"^FROM (\S+)", said, re.MULTILINE) == ["${PYTHON}", "${PYTHON}"]


def laid_out(folder: Path, context: str) -> Path:
    """Put what the image's build is sent into a folder, with the tools and the static files that are here."""
    for name in ("shared", f"services/{context}"):
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_SENT)
    for name in ("requirements.lock", "deploy/image/install.sh"):
        shutil.copy(ROOT / name, folder)
    (folder / "tools").symlink_to(BIN.parent)
    return folder


def locked() -> Mapping[str, str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return {line.split("==")[0]: line for line in lines if re.match(r"[a-z0-9].*==", line)}


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_service_alone_has_its_context_what_it_stands_on_and_nothing_else(context: str, tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "build", context)
    done = subprocess.run(["./install.sh", context, tmp_path / "app"], cwd=folder, capture_output=True, check=False)
    if b"error sending request" in done.stderr or b"dns error" in done.stderr:
        pytest.skip("no package index is reached")
    assert done.returncode == 0, done.stderr.decode()
    python = tmp_path / "app/bin/python"
    looked = subprocess.run([python, "-c", LOOK], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert looked.returncode == 0, looked.stderr
    distributions, rooms = (line.split() for line in looked.stdout.splitlines())
    assert rooms == sorted(["events", "kernel", context])
    ours = {"carnet-events", "carnet-kernel", f"carnet-{context}"}
    assert {each.lower().replace("_", "-").replace(".", "-") for each in distributions} - ours <= locked().keys()
    starts(tmp_path, context)


def starts(folder: Path, context: str) -> None:
    """Assert that `carnet serve`, told nothing but its context, is ready in time."""
    port = free_port()
    told = {"PATH": f"{folder}/app/bin", "CARNET_CONTEXT": context, "CARNET_DATA": f"{folder}/data"}
    made = Replica(context, folder, {**told, "CARNET_PORT": str(port)}, folder / "log", port)
    with made.log.open("wb") as log:
        made.process = subprocess.Popen([folder / "app/bin/carnet", "serve"], env=made.environment, stderr=log)
    try:
        made.wait_until_ready()
        made.running.terminate()
        assert made.end() == 0
    finally:
        made.kill()
