"""Settings: from the environment, checked once, one sentence when wrong."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from carnet.kernel.settings import BadSettings, ServiceSettings, is_loopback, load


class Dispatch(ServiceSettings):
    horizon: int = 14


def test_the_environment_is_read_also_for_a_contexts_own_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_HORIZON", "30")
    monkeypatch.setenv("CARNET_BUSINESS_DAY", "2026-12-31")
    settings = load(Dispatch)
    assert (settings.horizon, settings.business_day, settings.embedded_issuer) == (30, date(2026, 12, 31), True)


def test_a_wrong_setting_is_named_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_PORT", "http")
    with pytest.raises(BadSettings, match=r"^CARNET_PORT: Input should be a valid integer[^.]*\.$"):
        load(Dispatch)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"production": True}, "the embedded issuer is for development; name an OIDC issuer for production."),
        ({"host": "0.0.0.0"}, "the embedded issuer serves only loopback, not 0.0.0.0; name an OIDC issuer."),
        (
            {"host": "carnet.example"},
            "the embedded issuer serves only loopback, not carnet.example; name an OIDC issuer.",
        ),
    ],
)
def test_the_embedded_issuer_stays_at_home(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(ServiceSettings, **wrong)
    assert str(refused.value) == sentence


def test_an_oidc_issuer_serves_production_anywhere() -> None:
    settings = load(ServiceSettings, production=True, host="0.0.0.0", issuer="https://issuer.example/realm")
    assert not settings.embedded_issuer


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError):
        setattr(ServiceSettings(), "port", 1)  # noqa: B010 - the type checker already refuses the plain form


@pytest.mark.parametrize(
    ("host", "home"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)]
)
def test_loopback(host: str, home: bool) -> None:
    assert is_loopback(host) is home
