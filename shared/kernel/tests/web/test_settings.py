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


@pytest.mark.parametrize(
    "bus", ["kafka:9092", "kafka://kafka", "amqp://kafka:5672", "kafka://a:9092,b", "kafka://a:99999"]
)
def test_a_bus_that_makes_no_sense_is_one_sentence(bus: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(ServiceSettings, bus=bus)
    assert str(refused.value) == "CARNET_BUS: it is no kafka://host:port[,host:port…]."


@pytest.mark.parametrize("bus", ["kafka://kafka-1.example:9092", "kafka://10.0.0.1:9092,[::1]:9093"])
def test_a_bus_is_named_by_hosts_and_ports(bus: str) -> None:
    assert load(ServiceSettings, bus=bus).bus == bus


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kafka_security": "sasl"}, "CARNET_KAFKA_SECURITY asks for a login, but CARNET_KAFKA_USER is empty."),
        ({"kafka_ca": "/no/such.pem"}, "CARNET_KAFKA_CA names /no/such.pem, which is no file."),
    ],
)
def test_a_login_to_kafka_that_cannot_succeed_is_one_sentence(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(ServiceSettings, **wrong)
    assert str(refused.value) == sentence
