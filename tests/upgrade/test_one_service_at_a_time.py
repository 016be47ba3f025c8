"""Services of two releases side by side: each is replaced while the year goes on, and one of them is put back."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from engines.fixtures import skipping
from engines.processes import Processes, five_processes
from expected import FIGURES
from test_demonstration_killed import events_in, wait_for
from test_five_processes import demo, finished, verified
from test_restored_year import ended, events, mail_server, start
from upgrade.release import code, left_behind

pytestmark = pytest.mark.timeout(900)
ORDER = ("notifications", "invoicing", "dispatch", "contracts", "objects")
"""Whoever hears another comes before it, along the way from an object to its invoice."""
HALF_WAY = 3  # services replaced when the backup is taken
MEANWHILE = 6  # events that dispatch records between two replacements


def replace(suite: Processes, context: str, environment: Mapping[str, str]) -> None:
    """Stop a service, and start it with another release's code."""
    (replica,) = suite.of(context)
    replica.running.terminate()
    assert replica.end() == 0
    replica.environment = environment
    replica.start()
    replica.wait_until_ready()


def test_services_are_replaced_one_after_another_and_one_is_put_back(tmp_path: Path) -> None:
    data = left_behind(tmp_path / "data")
    sent = events(data, "notification-sent.v1")
    with skipping("previous release"):
        release = code(tmp_path / "code")
    with mail_server() as (box, smtp), skipping("front door"):
        told = {"CARNET_SMTP": smtp}
        with five_processes(data, environment={**told, **release}) as suite:
            before = suite.of("dispatch")[0].environment
            after = {name: value for name, value in before.items() if name not in release}
            playing, recorded = demo(suite), events_in(data / "dispatch" / "events.db")
            for n, context in enumerate(ORDER, 1):
                wait_for(recorded + n * MEANWHILE, data / "dispatch" / "events.db", playing)
                replace(suite, context, after)
                if n == HALF_WAY:
                    ended(start("backup", str(tmp_path / "backup"), "--data", str(data)))
            assert playing.poll() is None  # all of it was in the middle of the year
            assert finished(playing, suite) == FIGURES
            verified(suite)
            replace(suite, "dispatch", before)
            verified(suite)
    ended(start("restore", str(tmp_path / "backup"), "--data", str(tmp_path / "elsewhere")))
    assert 0 < sent == FIGURES["notifications"]["email"] - len(box.came)
    assert set(box.came.values()) == {1}
