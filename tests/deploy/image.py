"""A service's image, really built: the Dockerfile by buildah, on a base of Debian's own packages."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines import NotHere
from engines.leash import leashed

ROOT = Path(__file__).parents[2]
NEEDED = ("buildah", "debootstrap", "unshare", "nsenter", "setpriv")
PACKAGES = "python3,python3-venv,ca-certificates"
CLEAN_UP = 'PATH=$PATH:/usr/sbin; umount --recursive "$1/store/overlay"; rm -rf --one-file-system "$1"'
REACHES = ("/etc/ssl/certs", "/etc/pip.conf", "/etc/uv/uv.toml")
"""How this machine reaches its package indexes, with what its environment says of pip, uv and npm."""
OFFLINE = ("error sending request", "dns error", "NewConnectionError", "ENOTFOUND", "Temporary failure resolving")


@dataclass(frozen=True)
class Image:
    """An image whose files are under `root`; what it `says` are an engine's own words (`Cmd`, `Env`, `User`, …)."""

    root: Path
    says: Mapping[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return dict(each.split("=", 1) for each in self.says["Env"])

    @property
    def packages(self) -> Path:
        """Give the folder of what is installed in it."""
        (found,) = self.root.glob("app/lib/python3*/site-packages")
        return found


@dataclass(frozen=True)
class Store:
    """Images in a folder of their own."""

    folder: Path

    def buildah(self, *words: str) -> str:
        """Run it and give what it says at its end; raises NotHere where it cannot reach what it needs."""
        kept = ("--root", str(self.folder / "store"), "--runroot", str(self.folder / "run"))
        done = subprocess.run(["buildah", *kept, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        if any(sign in done.stderr for sign in OFFLINE):
            raise NotHere("no package index is reached")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def base(self) -> str:
        """Make the image to build on; raises NotHere where buildah can run nothing, as without mounts of its own."""
        files = str(debian())
        try:
            made = self.buildah("from", "scratch")
            self.buildah("add", "--quiet", made, files, "/")
            self.buildah("run", "--isolation", "chroot", made, "true")
        except AssertionError as error:
            raise NotHere(f"buildah runs nothing here: {error}") from error
        self.buildah("commit", "--quiet", "--rm", made, "base")
        return "localhost/base"

    def built(self, context: str) -> Image:
        """Build a service's image, and mount it."""
        said = (f"--build-arg=PYTHON={self.base()}", f"--build-arg=SERVICE={context}", "--tag", context)
        how = ("--isolation", "chroot", "--pull-never", "--quiet", "--format", "docker")  # OCI's has no HEALTHCHECK
        self.buildah("bud", *how, *reaching(), *said, ".")
        made = self.buildah("from", "--pull-never", f"localhost/{context}")
        says = json.loads(self.buildah("inspect", made))["Docker"]["config"]
        return Image(Path(self.buildah("mount", made)), says)


def reaching() -> list[str]:
    """Give what lets a build reach the package indexes as this machine does."""
    told = [f"--env={name}" for name in os.environ if name.startswith(("PIP_", "UV_", "NPM_CONFIG_"))]
    return [*told, *(f"--volume={path}:{path}:ro" for path in REACHES if Path(path).exists())]


@contextmanager
def image(context: str, folder: Path) -> Iterator[Image]:
    """Give a service's image, built in a folder that is taken away; raises NotHere."""
    if missing := [program for program in NEEDED if shutil.which(program) is None]:
        raise NotHere(f"no {' and no '.join(missing)} (Debian: apt-get install buildah debootstrap)")
    if os.geteuid():
        raise NotHere("only root may make a base of Debian's packages")
    with leashed(CLEAN_UP, str(folder)):
        yield Store(folder).built(context)


def debian() -> Path:
    """Give the files of a small Debian with Python, made once into the user's cache; raises NotHere."""
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "stable")
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "carnet"
    folder = cache / f"debian-{release}"
    if not folder.exists():
        fetch(release, folder)
    return folder


def fetch(release: str, folder: Path) -> None:
    """Let debootstrap make it beside the folder, and only then give it its name; raises NotHere."""
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, str(making)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"debootstrap made no base: {' '.join(done.stdout.strip().splitlines()[-1:])}")
    with suppress(OSError):  # another process was faster
        making.rename(folder)
    shutil.rmtree(making, ignore_errors=True)
