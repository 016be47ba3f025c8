"""Where the event store is: a URI that makes sense, with the keep-alive and the deadline that the clients leave out."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

from carnet.kernel.settings import BadSettings
from carnet.kernel.store.eventstore.client import Client, make

SCHEMES: Final = {"esdb", "esdb+discover", "kurrentdb", "kurrentdb+discover"}
DEADLINE_SECONDS: Final = 10  # of a call, where the URI's DefaultDeadline says nothing else
KEEP_ALIVE_MS: Final = 10_000  # how often a silent connection is asked, and how long its answer may take
TARGET: Final = re.compile(r"[^\s:,@/]+(:\d{1,5})?")
PREFIX: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,127})?")


@dataclass(frozen=True)
class Address:
    """A server, or a cluster, with its login; `targets` names it in sentences, without the login."""

    uri: str = field(repr=False)
    targets: str
    deadline: float
    keep_alive: int

    @classmethod
    def parse(cls, uri: str) -> "Address":
        """Read `esdb://…` or `kurrentdb://…`; raises BadSettings with one sentence, which never shows the password."""
        try:
            parts = urlsplit(uri)
        except ValueError:  # it quotes what stands before the host
            raise BadSettings("CARNET_STORE is no address; in a password, write what is no letter as %2F.") from None
        targets = parts.netloc.rpartition("@")[2]
        if parts.scheme not in SCHEMES:
            raise BadSettings("CARNET_STORE begins with esdb:// or kurrentdb://.")
        if not all(TARGET.fullmatch(target.strip()) for target in targets.split(",")):
            raise BadSettings(
                f"CARNET_STORE names no server: {parts.scheme}://[name:password@]host:port; in a password, write what "
                "is no letter as %2F."
            )
        asked = {name.lower(): values[-1] for name, values in parse_qs(parts.query).items()}
        wanted = {
            "defaultdeadline": DEADLINE_SECONDS,
            "keepaliveinterval": KEEP_ALIVE_MS,
            "keepalivetimeout": KEEP_ALIVE_MS,
        }
        more = [f"{name}={value}" for name, value in wanted.items() if name not in asked]
        query = "&".join([parts.query] * bool(parts.query) + more)
        whole = f"{parts.scheme.replace('kurrentdb', 'esdb')}://{parts.netloc}?{query}"
        return cls(whole, targets, *numbers(wanted | asked))

    def client(self) -> Client:
        """Make a client; raises BadSettings for what the library does not take."""
        try:
            return make(self.uri, self.keep_alive)
        except (ValueError, OSError) as error:
            said = str(error).removesuffix(f": {self.uri}").removesuffix(".")
            raise BadSettings(f"CARNET_STORE cannot be used: {said}.") from error


def numbers(options: dict[str, str | int]) -> tuple[float, int]:
    """Give deadline (seconds) and keep-alive (milliseconds); raises BadSettings."""
    try:
        return float(options["defaultdeadline"]), int(options["keepaliveinterval"])
    except ValueError as error:
        raise BadSettings(f"CARNET_STORE: DefaultDeadline and KeepAliveInterval are numbers; {error}.") from error


def checked_prefix(prefix: str) -> str:
    """Give a prefix that stream names may begin with; raises BadSettings."""
    if not PREFIX.fullmatch(prefix):
        raise BadSettings("CARNET_STORE_PREFIX is letters, digits, '.', '_' and '-', and not long.")
    return prefix
