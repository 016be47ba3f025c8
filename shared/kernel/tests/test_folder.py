"""One suite on a folder, and one clear sentence where it may not be used."""

import os
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from carnet.kernel.folder import FolderHeld, FolderRefused, held, make_once
from carnet.kernel.serve import PortTaken, listen


def test_a_folder_is_made_and_held_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "data"
    with held(folder, "http://127.0.0.1:8000"), pytest.raises(FolderHeld, match="already running") as second:  # noqa: SIM117
        with held(folder, "http://127.0.0.1:8001"):
            pass
    assert second.value.address == "http://127.0.0.1:8000"
    with held(folder, "http://127.0.0.1:8001"):
        pass


def test_services_hold_a_folder_together_and_no_suite_then(tmp_path: Path) -> None:
    front = "http://127.0.0.1:8000"
    with held(tmp_path, front, alone=False), held(tmp_path, front, alone=False):
        with (
            pytest.raises(FolderHeld, match=f"already running on .* at {front}; stop it first") as suite,
            held(tmp_path, ""),
        ):
            pass
        assert suite.value.address == front


def test_a_suite_leaves_no_room_for_a_service(tmp_path: Path) -> None:
    with held(tmp_path, "http://127.0.0.1:8000"), pytest.raises(FolderHeld, match="8000; stop it first"):  # noqa: SIM117
        with held(tmp_path, "", alone=False):
            pass
    with held(tmp_path, "", alone=False):
        pass


def test_services_that_start_at_once_make_a_file_once_and_whole(tmp_path: Path) -> None:
    file, contents = tmp_path / "file", [f"{number}" * 100_000 for number in range(8)]

    def make(content: str) -> str:
        make_once(file, content)
        return file.read_text()

    with ThreadPoolExecutor(len(contents)) as services:
        seen = set(services.map(make, contents))
    assert len(seen) == 1
    assert seen < set(contents)
    assert list(tmp_path.iterdir()) == [file]


def test_a_newer_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")
    with pytest.raises(FolderRefused, match="version 2, this release reads up to 1"), held(tmp_path, ""):
        pass
    assert (tmp_path / "version").read_text() == "2\n"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FolderRefused, match="cannot be written"), held(tmp_path / "file" / "data", ""):
        pass


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match="choose another with --port"):
            listen("127.0.0.1", other.getsockname()[1])


def test_the_lock_goes_with_the_process(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        held(tmp_path, "http://dying").__enter__()
        os._exit(9)
    os.waitpid(child, 0)
    with held(tmp_path, ""):
        pass


def test_a_folder_on_a_full_disk_is_refused_and_no_draft_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        with pytest.raises(FolderRefused, match="cannot be written: File too large"), held(tmp_path, "http://here"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [file.name for file in tmp_path.iterdir()] == ["carnet.lock"]
