"""The figures of `docs/scale.md` are those that were measured last."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_table_is_what_was_measured() -> None:
    command = [sys.executable, "-m", "bench.scale.table", "--check"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0, "run python -m bench.scale.table"
