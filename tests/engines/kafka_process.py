"""A Kafka broker of our own, from Maven's jars: one node that can be stopped, killed, paused and emptied."""

import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from engines import NotHere
from engines.certificate import write_certificate
from engines.kafka import Kafka
from engines.leash import leashed
from engines.ports import free_port

PROPERTIES = Path(__file__).with_name("kafka.properties")
POM = Path(__file__).with_name("kafka.pom.xml")
JAVA = ("java", "-Xmx512m", "-Xms256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8")
CLEAN_UP = '[ ! -f "$1/pid" ] || kill -9 "$(cat "$1/pid")"; rm -rf "$1"'
CLUSTER = "Y2FybmV0LXRlc3RzLTAwMQ"
SCRAM = "SCRAM-SHA-512=[name={name},password=secret]"
PATIENCE = 120.0  # seconds for a start on a busy machine
WHO_IS_THERE = struct.pack(">ihhihi", 14, 3, 1, 1, -1, 0)  # Metadata, version 1, nobody's client, no topic


@dataclass
class OwnKafka(Kafka):
    """A broker that keeps its port and, unless it is emptied, its log through every stop."""

    addresses: dict[str, str]
    """By kind of listener, as `CARNET_KAFKA_SECURITY` names them: plaintext, tls, sasl, sasl-tls."""
    classpath: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @classmethod
    def prepared(cls, jars: Path, folder: Path) -> Self:
        """Write the settings and format the log; `start` does the rest."""
        ports = {kind: free_port() for kind in ("plaintext", "tls", "sasl", "sasl_tls", "controller")}
        (folder / "server.properties").write_text(PROPERTIES.read_text().format(folder=folder, **ports))
        write_certificate(folder / "broker.pem", folder / "ca.pem")
        addresses = {kind.replace("_", "-"): f"127.0.0.1:{port}" for kind, port in ports.items()}
        kafka = cls(addresses["plaintext"], addresses, f"{jars}/*", folder)
        kafka.format()
        return kafka

    @property
    def authority(self) -> Path:
        """Give the file (PEM) of who signs the certificate of the listeners with TLS."""
        return self.folder / "ca.pem"

    @property
    def pid_file(self) -> Path:
        """Give the file that is there while a broker may run."""
        return self.folder / "pid"

    def java(self, *arguments: str) -> list[str]:
        return [*JAVA, "-cp", self.classpath, *arguments]

    def format(self) -> None:
        """Make an empty log, and a copy of it to begin again with."""
        settings = str(self.folder / "server.properties")
        users = [word for name in ("anna", "bob") for word in ("--add-scram", SCRAM.format(name=name))]
        command = self.java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", settings, *users)
        run(command, "its log could not be made (it needs Java 17)", PATIENCE)
        shutil.copytree(self.folder / "log", self.folder / "empty")

    def start(self) -> None:
        """Start, and return when the broker answers; raises NotHere with its last words when it dies."""
        with (self.folder / "server.log").open("ab") as out:
            command = self.java("kafka.Kafka", str(self.folder / "server.properties"))
            self.process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        self.pid_file.write_text(str(self.process.pid))
        until = time.monotonic() + PATIENCE
        while not answers(self.address):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop(kill=True)
                raise NotHere(f"the broker did not start: {self.last_words()}")
            time.sleep(0.1)

    def last_words(self) -> str:
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return " ".join(lines[-1:])

    def stop(self, *, kill: bool = False) -> None:
        """Stop it: in order, or as a power cut would (kill -9)."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None
            self.pid_file.unlink()

    def pause(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        """Take everything away that it has kept; it must be stopped."""
        assert self.process is None
        shutil.rmtree(self.folder / "log")
        shutil.copytree(self.folder / "empty", self.folder / "log")


@contextmanager
def running() -> Iterator[OwnKafka]:
    """Give a broker of our own that ends with the block, or with this process; raises NotHere."""
    folder = Path(mkdtemp(prefix="carnet-kafka-"))
    with leashed(CLEAN_UP, str(folder)):
        kafka = OwnKafka.prepared(jars(), folder)
        try:
            kafka.start()
            yield kafka
        finally:
            kafka.stop(kill=True)


def jars() -> Path:
    """Give the folder with Kafka's jars, fetched once into the user's cache; raises NotHere."""
    if missing := [program for program in ("mvn", "java") if shutil.which(program) is None]:
        raise NotHere(f"no CARNET_KAFKA, no container engine, and no {' and no '.join(missing)} for a broker from jars")
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "carnet"
    folder = cache / f"kafka-{version()}-{hashlib.sha256(POM.read_bytes()).hexdigest()[:8]}"
    if not folder.exists():
        fetch(folder)
    return folder


def version() -> str:
    """Give Kafka's version as the pom names it."""
    return POM.read_text().split("<artifactId>kafka_2.13</artifactId>")[1].split("<version>")[1].split("<")[0]


def fetch(folder: Path) -> None:
    """Let Maven fetch the jars beside the folder, and only then give them its name; raises NotHere."""
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    copy = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={making}"]
    run(copy, "Maven could not fetch its jars", seconds=600)
    with suppress(OSError):  # another process was faster
        making.rename(folder)
    shutil.rmtree(making, ignore_errors=True)


def run(command: list[str], failed: str, seconds: float) -> None:
    """Run a program to its end; raises NotHere with what it said first."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds)
    except subprocess.CalledProcessError as error:
        raise NotHere(f"{failed}: {first_line(error.stdout + error.stderr)}") from error
    except subprocess.TimeoutExpired as error:
        raise NotHere(f"{failed}: it takes longer than {seconds:g} s") from error


def first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "it said nothing")


def answers(address: str) -> bool:
    """Say whether a broker answers, and that it is one: its controller takes it in a moment after it listens."""
    host, _, port = address.partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1.0) as connection:
            connection.sendall(WHO_IS_THERE)
            _, _, brokers = struct.unpack(">iii", connection.recv(12, socket.MSG_WAITALL))
            return bool(brokers)
    except (OSError, struct.error):
        return False
