"""What an installation brings besides the embedded size: the clients of the production engines."""

from importlib.util import find_spec
from typing import Final

from carnet.kernel.settings import BadSettings, ServiceSettings

CLIENTS: Final = {
    "store": (("esdbclient", "kurrentdbclient"), "eventstoredb] or carnet-kernel[kurrentdb"),
    "bus": (("faststream",), "kafka"),
    "database": (("psycopg",), "postgresql"),
    "otlp": (("opentelemetry.sdk",), "telemetry"),
}
"""By setting: the packages of which one has to be there, and the extras that bring them."""


def check_installed(settings: ServiceSettings) -> None:
    """Raise BadSettings for a setting that asks for what is not installed here."""
    for setting, (clients, extra) in CLIENTS.items():
        if getattr(settings, setting) is not None and not any(map(find_spec, clients)):
            raise BadSettings(f"CARNET_{setting.upper()} needs carnet-kernel[{extra}], which is not installed here.")
