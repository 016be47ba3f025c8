"""A node's files are copied in the order of its documentation; what docs/backup.md names is there."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from test_restored_engines import ORDER

from carnet.runner.main import app

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/backup/eventstore.sh"
GUID = "5a1a8395-94ee-40c1-bf93-aa757b5887f8"
STEPS = (
    {"index/stream-existence/streamExistenceFilter.chk"},
    {
        "index/indexmap",
        f"index/{GUID}",
        f"index/{GUID}.bloomfilter",
        "index/stream-existence/streamExistenceFilter.dat",
    },
    {"chaser.chk", "epoch.chk", "proposal.chk", "truncate.chk", "writer.chk"},
    {"chunk-000000.000001", "chunk-000001.000000"},
)
LOGGING_CP = '#!/bin/sh\nprintf "%s " "$@" >> "$COPIED"\necho >> "$COPIED"\nexec /bin/cp "$@"\n'


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A folder with files of a node's names, each of other content."""
    for name in set[str]().union(*STEPS):
        (tmp_path / "node" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node" / name).write_text(name)
    return tmp_path / "node"


def script(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": os.environ["PATH"], **environment}
    command = [str(each) for each in (SCRIPT, *arguments)]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=60)


def contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_indexes_before_the_log_and_checkpoints_before_what_they_speak_of(node: Path, tmp_path: Path) -> None:
    (tmp_path / "cp").write_text(LOGGING_CP)
    (tmp_path / "cp").chmod(0o755)
    path, copied = f"{tmp_path}:{os.environ['PATH']}", tmp_path / "copied"
    done = script("backup", node, tmp_path / "backup", PATH=path, COPIED=str(copied))
    assert (done.returncode, done.stderr) == (0, "")
    calls = [[word for word in line.split() if not word.startswith("--")] for line in copied.read_text().splitlines()]
    assert [{word.removeprefix("./") for word in call} for call in calls] == list(STEPS)
    assert contents(tmp_path / "backup") == contents(node)


def test_a_restored_node_cuts_its_log_where_it_had_been_read_to(node: Path, tmp_path: Path) -> None:
    (tmp_path / "restored").mkdir()
    assert script("backup", node, tmp_path / "backup").returncode == 0
    assert script("restore", tmp_path / "backup", tmp_path / "restored").returncode == 0
    assert contents(tmp_path / "restored") == contents(node) | {"truncate.chk": "chaser.chk"}


def test_nothing_is_overwritten(node: Path, tmp_path: Path) -> None:
    assert script("backup", node, tmp_path).returncode != 0
    refused = script("restore", node, node)
    assert (refused.returncode, refused.stderr) == (2, f"{node} holds something already\n")


def blocks(page: str) -> list[str]:
    """Give the commands of a page, block by block."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)


def test_the_page_copies_stores_before_databases_in_the_order_that_is_tried() -> None:
    (loops,) = (block for block in blocks("backup.md") if "for context in" in block)
    assert re.findall(r"for context in (.*); do", loops) == [" ".join(ORDER)] * 2
    assert loops.index("eventstore.sh backup") < loops.index("postgres.sh backup")


def test_the_page_names_scripts_and_commands_that_are_there() -> None:
    told = "\n".join(blocks("backup.md"))
    assert all((ROOT / script).is_file() for script in re.findall(r"deploy/\S+\.sh", told))
    known = {each.name or str(getattr(each.callback, "__name__", "")) for each in app.registered_commands}
    assert {"backup", "restore", "renew", "verify"} == set(re.findall(r"carnet (\w+)", told)) <= known
