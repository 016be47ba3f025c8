"""The data folder: one suite holds it, or any number of single services do; no older release opens a newer one's."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

VERSION = 1
LOCK, VERSION_FILE = "carnet.lock", "version"


class FolderRefused(Exception):
    """The folder cannot be used, said in one sentence."""


class FolderHeld(FolderRefused):
    """Others run on the folder; `address` is where all contexts answer, "" while they start or where none is known."""

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(f"Carnet is already running on {folder}{f' at {address}' if address else ''}; stop it first.")
        self.address = address


@contextmanager
def held(folder: Path, address: str, *, alone: bool = True) -> Iterator[None]:
    """Hold a data folder for as long as the block runs, making it where it is missing.

    A suite holds it alone; services that run each by itself, and replicas of them, hold it together, and no suite then.
    `address` is left in the lock file for commands that then speak HTTP. Raises FolderHeld and FolderRefused.
    """
    descriptor = opened(folder)
    try:
        lock(folder, descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        with writable(folder):
            check_version(folder)
            note(descriptor, address)
        yield
        if alone:
            note(descriptor, "")
    finally:
        os.close(descriptor)


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Raise FolderRefused where the folder cannot be written, be it forbidden or full."""
    try:
        yield
    except OSError as error:
        raise FolderRefused(f"The data folder {folder} cannot be written: {error.strerror}.") from error


def opened(folder: Path) -> int:
    with writable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)


def lock(folder: Path, descriptor: int, how: int) -> None:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderHeld(folder, address_in(descriptor)) from None


def check_version(folder: Path) -> None:
    file = folder / VERSION_FILE
    if not file.exists():
        make_once(file, f"{VERSION}\n")
    found = file.read_text().strip()
    if not found.isdigit() or int(found) > VERSION:
        raise FolderRefused(
            f"The data folder {folder} is of version {found}, this release reads up to {VERSION}; use a newer release."
        )


def make_once(file: Path, content: str, mode: int = 0o644) -> None:
    """Make a file whole or not at all; of several processes that make it at once the first one's content stays."""
    draft = file.with_name(f".{file.name}.{uuid4()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w") as opened_draft:
            opened_draft.write(content)
        with suppress(FileExistsError):
            os.link(draft, file)  # unlike a rename it never replaces
    finally:
        draft.unlink()


def note(descriptor: int, address: str) -> None:
    content = json.dumps({"address": address}).encode()  # the same from each of several services
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))


def address_in(descriptor: int) -> str:
    try:
        content: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
    except ValueError:
        return ""
    return str(content.get("address", ""))
