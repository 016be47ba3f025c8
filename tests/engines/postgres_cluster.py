"""A PostgreSQL cluster of its own in a temporary folder, run from Debian's server binaries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from engines import NotHere
from engines.leash import leashed
from engines.ports import free_port

BINARIES = Path("/usr/lib/postgresql")
LOCALE = ("-E", "UTF8", "--locale=C.UTF-8", "-N")  # and initdb need not wait for the disk
CLEAN_UP = '"$1" stop -D "$2/data" -m immediate; rm -rf "$2"'
USER = "postgres"  # Debian's; the server refuses to run as root


class Cluster:
    """One server on a loopback port; its folder goes with it."""

    def __init__(self, binaries: Path, folder: Path, options: str) -> None:
        self.binaries, self.folder = binaries, folder
        self.port, self.password = free_port(), token_hex(16)
        self.url = f"postgresql://carnet:{self.password}@127.0.0.1:{self.port}/postgres"
        self.options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {folder} {options}"

    def own(self) -> None:
        """Give the folder to who runs the server."""
        (self.folder / "password").write_text(self.password)
        for each in (self.folder, self.folder / "password"):
            shutil.chown(each, user() or os.geteuid())

    def make(self) -> None:
        secret = self.folder / "password"
        self.run("initdb", "-U", "carnet", "-A", "scram-sha-256", f"--pwfile={secret}", *LOCALE)

    def start(self) -> None:
        self.run("pg_ctl", "start", "-w", "-t", "120", "-l", f"{self.folder}/log", "-o", self.options)

    def stop(self, *, kill: bool = False) -> None:
        self.run("pg_ctl", "stop", "-w", "-t", "120", "-m", "immediate" if kill else "fast")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the binaries on the cluster, unprivileged; what it says stands in the log."""
        command = [str(self.binaries / program), "-D", f"{self.folder}/data", *arguments]
        with (self.folder / "said").open("a") as said:
            subprocess.run(
                command, check=True, stdout=said, stderr=said, cwd=self.folder, user=user(), group=user(), umask=0o077
            )


@contextmanager
def running(options: str) -> Iterator[Cluster]:
    """Make a cluster, start it, stop it and remove it; raises NotHere."""
    binaries = newest()
    folder = Path(tempfile.mkdtemp(prefix="carnet-postgres-"))
    cluster = Cluster(binaries, folder, options)
    cluster.own()
    with leashed(CLEAN_UP, str(binaries / "pg_ctl"), str(folder), user=user()):
        cluster.make()
        cluster.start()
        yield cluster


def user() -> str | None:
    return USER if os.geteuid() == 0 else None


def newest() -> Path:
    """Find Debian's newest server binaries; raises NotHere."""
    found = sorted(BINARIES.glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NotHere(f"no CARNET_POSTGRES, no container engine, no server binaries under {BINARIES}")
    return found[-1].parent
