"""The previous release: its code, out of this repository's history, and a data folder that it left behind."""

import subprocess
import sys
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from engines import NotHere

COMMIT: Final = "d86482835beb1046d62e0e604350d4b9473bcb83"
"""Of 0.1.0; the data folder was made by it, as README.md says."""
DATA: Final = Path(__file__).with_name("carnet-0.1.0.tar.xz")
WHERE: Final = "from importlib.util import find_spec as of; print(of('carnet.dispatch.app').origin)"
ROOT: Final = Path(__file__).parents[2]


def left_behind(folder: Path) -> Path:
    """Unpack the data folder: the demonstration's year as it was in April, when Ctrl-C stopped it."""
    with tarfile.open(DATA) as archive:
        archive.extractall(folder, filter="data")
    return folder


def code(folder: Path) -> Mapping[str, str]:
    """Unpack the code and give what lets a process run it in place of this one; raises NotHere."""
    asked = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode:
        raise NotHere(f"this clone's history does not reach back to {COMMIT[:7]}")
    with tarfile.open(fileobj=BytesIO(asked.stdout)) as archive:
        archive.extractall(folder, filter="data")
    told = {"PYTHONPATH": ":".join(map(str, sorted(folder.glob("**/src"))))}
    found = subprocess.run([sys.executable, "-c", WHERE], env=told, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(folder)
    return told
