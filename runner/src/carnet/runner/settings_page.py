"""`docs/settings.md`: every setting of every service, what it means and what holds unless it is told."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from carnet.kernel.service import CONTEXTS
from carnet.kernel.settings import ServiceSettings

LONG: Final = 60  # letters of a default; longer ones are JSON, which the class tells better
HEAD: Final = """# Settings

<!-- written by `carnet settings --write`; edit the settings classes -->

A service reads its settings from the environment, once, when it starts; what makes no sense is one line and exit
status 2. Nothing here has to be set for the suite on one machine.
"""


def page() -> str:
    """Give the page: what every service has, then what a context adds."""
    own = {context: fields(settings_of(context)) for context in CONTEXTS}
    added = {context: {n: f for n, f in found.items() if n not in SHARED} for context, found in own.items()}
    parts = [table("Every service", SHARED), *(table(context, more) for context, more in added.items() if more)]
    return "\n".join([HEAD, *parts])


def settings_of(context: str) -> type[ServiceSettings]:
    """Find the settings class of a context: the one that inherits what every service has."""
    found = vars(import_module(f"carnet.{context}.settings")).values()
    return next(c for c in found if isinstance(c, type) and issubclass(c, ServiceSettings) and c is not ServiceSettings)


def fields(settings: type[ServiceSettings]) -> dict[str, FieldInfo]:
    return dict(settings.model_fields)


SHARED: Final = fields(ServiceSettings)


def table(title: str, of: dict[str, FieldInfo]) -> str:
    return "\n".join(
        [f"## {title}\n", "| setting | unless it is told | what it says |", "|---|---|---|", *rows(of), ""]
    )


def rows(of: dict[str, FieldInfo]) -> Iterator[str]:
    for name, field in of.items():
        yield f"| `CARNET_{name.upper()}` | {default(field)} | {field.description} |"


def default(field: FieldInfo) -> str:
    """Give a default as it is told in the environment; one that is worked out is told in the description."""
    value = plain(field.default)
    if field.default_factory or len(value) > LONG:
        return "see there"
    return f"`{value}`" if value else "none"


def plain(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
