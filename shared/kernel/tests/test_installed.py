"""A setting that asks for a client that is not installed is one sentence, and not a traceback."""

from collections.abc import Mapping
from typing import Any

import pytest

from carnet.kernel import installed
from carnet.kernel.engines import check_addresses
from carnet.kernel.settings import BadSettings, ServiceSettings

TOLD: Mapping[str, tuple[str, str]] = {
    "store": ("esdb://127.0.0.1:2113?Tls=false", "eventstoredb"),
    "bus": ("kafka://127.0.0.1:9092", "kafka"),
    "database": ("postgresql://127.0.0.1/x", "postgresql"),
    "otlp": ("http://127.0.0.1:4318", "telemetry"),
}


@pytest.mark.parametrize("setting", TOLD)
def test_a_client_that_is_not_installed_is_named(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address, extra = TOLD[setting]
    told: Any = {setting: address}
    check_addresses(ServiceSettings(**told))
    monkeypatch.setattr(installed, "find_spec", lambda _: None)
    check_addresses(ServiceSettings())
    with pytest.raises(BadSettings, match=rf"CARNET_{setting.upper()} needs carnet-kernel\[{extra}"):
        check_addresses(ServiceSettings(**told))
