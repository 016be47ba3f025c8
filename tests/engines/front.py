"""A front door for tests and bench: nginx on the template that production uses, on a loopback port, as any user."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from engines import NotHere
from engines.ports import free_port

TEMPLATE = Path(__file__).parents[2] / "deploy/front/carnet.conf.template"
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"  # where Debian puts what only root needs
READY_SECONDS = 30.0
MAIN = """
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {}
http {
    access_log off;
    client_body_temp_path client_body; proxy_temp_path proxy;
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    include carnet.conf;
}
"""

Replicas = Mapping[str, Sequence[int]]
"""Each context's ports on loopback."""


def nginx() -> str:
    """Find nginx; raises NotHere."""
    if (found := shutil.which("nginx", path=PLACES)) is None:
        raise NotHere("no nginx (Debian: apt-get install nginx-light)")
    return found


@contextmanager
def front_door(replicas: Replicas, port: int | None = None) -> Iterator[str]:
    """Give the address of a front door before some replicas, which need not be there yet; raises NotHere."""
    program, port = nginx(), port or free_port()
    with TemporaryDirectory(prefix="carnet-front-") as folder:
        Path(folder, "nginx.conf").write_text(MAIN)
        Path(folder, "carnet.conf").write_text(rendered(replicas, port))
        with subprocess.Popen([program, "-p", folder, "-c", "nginx.conf"], stderr=subprocess.DEVNULL) as process:
            try:
                wait_for(port, process, Path(folder, "error.log"))
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def rendered(replicas: Replicas, port: int) -> str:
    """Fill the template in, as the image of nginx does."""
    servers = {f"FRONT_{context.upper()}": servers_of(ports) for context, ports in replicas.items()}
    return Template(TEMPLATE.read_text()).safe_substitute(servers, FRONT_LISTEN=f"127.0.0.1:{port}")


def servers_of(ports: Sequence[int]) -> str:
    return " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=1s;" for port in ports)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nginx does not answer: {log.read_text() if log.exists() else 'it left no log'}")
