"""No engine outlives the tests that started it, also where they are killed."""

import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from engines.eventstore.process import TESTS

STARTS_A_SERVER = """
import time
from engines.eventstore.process import development_server
with development_server() as uri:
    print(uri, flush=True)
    time.sleep(3600)
"""
PATIENCE_SECONDS = 60


def is_up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_ends_with_the_process_that_started_it(told: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTS_A_SERVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(TESTS)}) as starter:
        assert starter.stdout is not None
        port = urlsplit(starter.stdout.readline().strip()).port
        assert port is not None
        assert is_up(port)
        starter.send_signal(told)
    until = time.monotonic() + PATIENCE_SECONDS
    while is_up(port):
        assert time.monotonic() < until
        time.sleep(0.05)
