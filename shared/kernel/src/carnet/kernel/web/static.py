"""Static files: our own style sheet as it is, and what `npm run build` made (pages work without it)."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

HERE: Final = Path(__file__).parent
ASSETS, BUILT = HERE / "assets", HERE / "static"


@dataclass(frozen=True)
class Static:
    """Addresses of a context's static files: `kernel/…` the shared ones, else the context's own."""

    context: str
    folder: Path | None = None

    def __call__(self, name: str) -> str | None:
        """Give the address, with a mark of the content; None for a file that was not built."""
        if (file := self.find(name)) is None:
            return None
        return f"/{self.context}/static/{name}?v={mark(file, file.stat().st_mtime_ns)}"

    def find(self, name: str) -> Path | None:
        shared = name.removeprefix("kernel/")
        folders = (ASSETS, BUILT) if shared != name else (self.folder,)
        return next((folder / shared for folder in folders if folder and (folder / shared).is_file()), None)


@cache
def mark(file: Path, _changed: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:8]


def serve_static(app: FastAPI, context: str, pages: Any) -> None:
    """Mount `/<context>/static/kernel` and `/<context>/static`; a folder that was not built answers 404."""
    app.mount(f"/{context}/static/kernel", Layered(directory=BUILT, check_dir=False), name="kernel-static")
    if folder := pages.static.folder:
        app.mount(f"/{context}/static", Folder(directory=folder, check_dir=False), name="static")


class Folder(StaticFiles):
    """A folder that need not be there."""

    async def check_config(self) -> None:
        """Nothing to check: an absent folder is an absent file."""


class Layered(Folder):
    """Look among our own assets first, then among what was built."""

    def get_directories(self, *_: Any, **__: Any) -> list[Any]:
        return [ASSETS, BUILT]
