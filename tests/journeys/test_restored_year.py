"""The year, backed up half-way under load and restored elsewhere: it goes on and ends the same, no mail comes twice."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from engines.ports import free_port
from engines.processes import CARNET
from expected import FIGURES
from test_demonstration_killed import PATIENCE_SECONDS, wait_for
from test_five_processes import Postbox

HALF_WAY = 70  # events in dispatch's store


@contextmanager
def mail_server() -> Iterator[tuple[Postbox, str]]:
    controller = Controller(box := Postbox(), hostname="127.0.0.1", port=(port := free_port()))
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def start(*arguments: str, smtp: str = "") -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    environment |= {"CARNET_SMTP": smtp} if smtp else {}
    pipe = subprocess.PIPE
    return subprocess.Popen([CARNET, *arguments], stdout=pipe, stderr=pipe, text=True, env=environment)


def ended(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, out + error
    return out


def figures(process: subprocess.Popen[str]) -> dict[str, Any]:
    return {name: value for name, value in json.loads(ended(process)).items() if name != "seconds"}


@dataclass
class Half:
    """A folder that has played the whole year, with its mail, and the backup that was taken of it half-way."""

    data: Path
    backup: Path
    came: Postbox


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Half]:
    data, backup = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("kept") / "backup"
    with mail_server() as (box, smtp):
        playing = start("demo", "--json", "--data", str(data), smtp=smtp)
        wait_for(HALF_WAY, data / "dispatch" / "events.db", playing)
        ended(start("backup", str(backup), "--data", str(data)))
        assert playing.poll() is None, "the backup was taken under load"
        assert figures(playing) == FIGURES
        yield Half(data, backup, box)


def events(folder: Path, kind: str) -> int:
    with closing(sqlite3.connect(folder / "notifications" / "events.db")) as store:
        found: int = store.execute("SELECT count(*) FROM event WHERE type = ?", (kind,)).fetchone()[0]
        return found


def test_restored_elsewhere_the_year_goes_on_and_ends_the_same(half: Half, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    ended(start("restore", str(half.backup), "--data", str(there)))
    sent = events(half.backup, "notification-sent.v1")
    assert 0 < sent < FIGURES["notifications"]["email"]
    with mail_server() as (box, smtp):
        assert figures(start("demo", "--json", "--data", str(there), smtp=smtp)) == FIGURES
        ended(start("verify", "--data", str(there), smtp=smtp))  # numbers without gaps among the rest
    assert len(box.came) == FIGURES["notifications"]["email"] - sent  # what the backup knows as sent is not sent again
    assert set(box.came.values()) == {1}


def test_an_older_store_in_a_younger_suite_is_renewed(half: Half, tmp_path: Path) -> None:
    data = tmp_path / "year"
    shutil.copytree(half.data, data)
    for left in (data / "dispatch").glob("events.db*"):
        left.unlink()
    shutil.copy(half.backup / "dispatch" / "events.db", data / "dispatch")
    ended(start("renew", "dispatch", "--data", str(data)))
    ended(start("verify", "--data", str(data)))


def test_what_cannot_be_restored_is_one_line_and_exit_2(tmp_path: Path) -> None:
    for arguments in (["renew", "dispatch"], ["restore", str(tmp_path)], ["backup", str(tmp_path / "backup")]):
        process = start(*arguments, "--data", str(tmp_path / "data"))
        _, error = process.communicate(timeout=PATIENCE_SECONDS)
        assert (process.returncode, error.count("\n")) == (2, 1), error
    assert list(tmp_path.iterdir()) == []
