"""What the previous release left behind is taken up as it is: the year goes on, ends the same, no mail comes twice."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from deploy.test_backup_scripts import blocks
from engines.processes import CARNET
from expected import FIGURES
from test_demonstration_killed import PATIENCE_SECONDS
from test_restored_year import ended, events, figures, mail_server, start
from upgrade.release import left_behind

from carnet.kernel.serve import build, builder
from carnet.kernel.service import CONTEXTS
from carnet.kernel.trial import trial


def test_the_year_goes_on_where_the_previous_release_left_it(tmp_path: Path) -> None:
    data = left_behind(tmp_path / "data")
    sent = events(data, "notification-sent.v1")
    with mail_server() as (box, smtp):
        assert figures(start("demo", "--json", "--data", str(data), smtp=smtp)) == FIGURES
        ended(start("verify", "--data", str(data), smtp=smtp))
    assert 0 < sent == FIGURES["notifications"]["email"] - len(box.came)
    assert set(box.came.values()) == {1}


def test_its_folder_is_backed_up_and_restored_by_the_commands_of_the_page(tmp_path: Path) -> None:
    """Nobody holds the folder meanwhile."""
    (commands,) = (block for block in blocks("backup.md") if "carnet backup" in block)
    told = {"PATH": f"{Path(CARNET).parent}:{os.environ['PATH']}", "DATA": str(left_behind(tmp_path / "data"))}
    told |= {"BACKUP": str(tmp_path / "backup"), "ELSEWHERE": str(tmp_path / "elsewhere")}
    shell = ["sh", "-euc", commands]
    done = subprocess.run(shell, env=told, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "All as the events say" in done.stdout


async def test_what_was_backed_up_without_its_documents_is_missed(tmp_path: Path) -> None:
    data = left_behind(tmp_path / "data")
    for document in (documents := [*data.glob("*/documents/*/*")]):
        document.unlink()
    apps = {each: builder(each)(type(build(each).state.settings)(data=data, log_level="error")) for each in CONTEXTS}
    async with trial(**apps) as suite:
        await suite.settle()
        runtimes = [suite.runtime(context) for context in CONTEXTS]
        missed = [line for each in runtimes for check in each.context.checks for line in await check(each)]
    assert len(documents) == len(missed) == 13
    assert all("is kept here" in line for line in missed)


def test_a_database_of_a_later_release_is_refused_in_a_line(tmp_path: Path) -> None:
    data = left_behind(tmp_path / "data")
    with closing(sqlite3.connect(data / "dispatch" / "views.db")) as views:
        views.execute("UPDATE carnet_version SET version_num = 'v9999'")
        views.commit()
    refused = start("serve", "dispatch", "--port", "0", "--data", str(data))
    _, error = refused.communicate(timeout=PATIENCE_SECONDS)
    assert (refused.returncode, error.count("\n")) == (2, 1), error
    assert "was made by a later release (v9999; this one: v" in error
