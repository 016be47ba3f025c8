"""What a deployment tells a service, held against the settings class that reads it."""

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from unittest.mock import patch

from carnet.kernel.settings import ServiceSettings, load

NOT_SETTINGS = {"CARNET_CONTEXT"}
"""Read by the `carnet` command itself."""

IMAGE = {"CARNET_DATA": "/data", "CARNET_HOST": "0.0.0.0", "CARNET_PORT": "8000"}
"""What the image says; a test holds it against the Dockerfile."""

MAY_BE_MISSING = {"CARNET_KAFKA_CA", "CARNET_CLIENT_SECRET", "CARNET_OTLP"}
"""Without them nothing is embedded: the machine's certificates hold, PKCE alone protects a client, no traces."""

OF_AN_ISSUER = {"CARNET_ISSUER", "CARNET_MACHINE_ID", "CARNET_MACHINE_SECRET"}
"""Without them the embedded issuer is meant, or a service cannot ask another for its feed."""


@cache
def settings_of(context: str) -> type[ServiceSettings]:
    """Find the one settings class of a context."""
    found = vars(import_module(f"carnet.{context}.settings")).values()
    (own,) = {each for each in found if isinstance(each, type) and issubclass(each, ServiceSettings)} - {
        ServiceSettings
    }
    return own


def names(context: str) -> set[str]:
    return {f"CARNET_{name.upper()}" for name in settings_of(context).model_fields}


def required(context: str) -> set[str]:
    """Give what is embedded or absent unless it is told; the embedded issuer is for development only."""
    fields = settings_of(context).model_fields
    absent = {f"CARNET_{name.upper()}" for name, field in fields.items() if field.default is None}
    return (absent | OF_AN_ISSUER | {"CARNET_PEERS"}) - MAY_BE_MISSING


def wrong(context: str, told: Mapping[str, str]) -> list[str]:
    """Say what is told that nobody reads, and what is not told that a service of its own needs."""
    ours = {name for name in told if name.startswith("CARNET_")}
    unknown = ours - names(context) - NOT_SETTINGS
    missing = required(context) - ours
    return [
        *(f"{context} reads no {name}" for name in sorted(unknown)),
        *(f"{context} needs {name}" for name in sorted(missing)),
    ]


def read(context: str, told: Mapping[str, str]) -> ServiceSettings:
    """Let the settings class read what is told, and nothing else; raises BadSettings."""
    with patch.dict(os.environ, {**IMAGE, **told}, clear=True):
        return load(settings_of(context))
