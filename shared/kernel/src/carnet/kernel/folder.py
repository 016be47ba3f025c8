"""The data folder of the embedded size: one suite holds it at a time, and no older release opens a newer one's."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VERSION = 1
LOCK, VERSION_FILE = "carnet.lock", "version"


class FolderRefused(Exception):
    """The folder cannot be used, said in one sentence."""


class FolderHeld(FolderRefused):
    """A running suite holds the folder; `address` is where it answers, "" while it starts."""

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(f"A suite is already running on {folder}{f' at {address}' if address else ''}; stop it first.")
        self.address = address


@contextmanager
def held(folder: Path, address: str) -> Iterator[None]:
    """Hold a data folder for as long as the block runs, making it where it is missing.

    `address` is left in the lock file for commands that then speak HTTP. Raises FolderHeld and FolderRefused.
    """
    descriptor = opened(folder)
    try:
        lock(folder, descriptor)
        check_version(folder)
        note(descriptor, address)
        yield
        note(descriptor, "")
    finally:
        os.close(descriptor)


def opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise FolderRefused(f"The data folder {folder} cannot be written: {error.strerror}.") from error


def lock(folder: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderHeld(folder, address_in(descriptor)) from None


def check_version(folder: Path) -> None:
    file = folder / VERSION_FILE
    if not file.exists():
        file.write_text(f"{VERSION}\n")
    found = file.read_text().strip()
    if not found.isdigit() or int(found) > VERSION:
        raise FolderRefused(
            f"The data folder {folder} is of version {found}, this release reads up to {VERSION}; use a newer release."
        )


def note(descriptor: int, address: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"address": address, "pid": os.getpid()}).encode(), 0)


def address_in(descriptor: int) -> str:
    try:
        content: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0) or b"{}")
    except ValueError:
        return ""
    return str(content.get("address", ""))
