"""A container of an image, with what Debian has in place of an engine: mounts and processes of its own."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.image import Image
from engines.processes import Replica

START = """set -e
mount --bind "$1" "$1"
mount --options remount,bind,ro "$1"
mount --types proc proc "$1/proc"
mount --bind /dev "$1/dev"
for written in $3; do mount --types tmpfs --options "mode=0700,uid=${2%:*},gid=${2#*:}" tmpfs "$1$written"; done
root=$1 user=$2; shift 3
exec chroot --userspec="$user" "$root" "$@"
"""
UNSHARED = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child")
PATIENCE = 60.0


@dataclass(kw_only=True)
class Container(Replica):
    """One process of an image: first of its own, with the image's user, on a root that it cannot write."""

    image: Image

    def start(self) -> None:
        says = self.image.says
        written = " ".join(["/tmp", *says["Volumes"]])  # as the deployments mount them
        command = ["sh", "-c", START, "start", str(self.image.root), says["User"], written, *says["Cmd"]]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*UNSHARED, *command], env=self.told, stdout=log, stderr=log)

    @property
    def told(self) -> dict[str, str]:
        """Give what its processes find in their environment."""
        return {**self.image.environment, **self.environment}

    @property
    def first(self) -> int:
        """Give the number, outside, of its first process."""
        unshare = self.running.pid
        return int(Path(f"/proc/{unshare}/task/{unshare}/children").read_text())

    def tell(self, what: signal.Signals) -> None:
        os.kill(self.first, what)

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as its user."""
        user, group = self.image.says["User"].split(":")
        entered = ("nsenter", f"--target={self.first}", "--mount", "--pid", "--root")
        enter = [*entered, f"--setuid={user}", f"--setgid={group}", *command]
        return subprocess.run(enter, env=self.told, capture_output=True, text=True, check=False, timeout=PATIENCE)

    def is_healthy(self) -> bool:
        """Ask it as an engine does, by the image's own HEALTHCHECK."""
        kind, *command = self.image.says["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self.inside(*command).returncode == 0
