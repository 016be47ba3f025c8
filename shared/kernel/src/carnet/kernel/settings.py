"""The settings that every service has: read from the environment (`CARNET_…`), checked once, never changed."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024
EMBEDDED: Literal["embedded"] = "embedded"

PORT = r"0*(?:6553[0-5]|655[0-2]\d|65[0-4]\d{2}|6[0-4]\d{3}|[1-5]?\d{1,4})"
HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):{PORT}"
KAFKA = re.compile(rf"kafka://{HOST}(?:,{HOST})*", re.ASCII)

S = TypeVar("S", bound="ServiceSettings")


class BadSettings(Exception):
    """The settings make no sense, said in one sentence for the operator."""


class ServiceSettings(BaseSettings):
    """What a service needs to start alone; a context adds its own fields by inheriting.

    `issuer` is the OIDC issuer's address, or `embedded` for development: on loopback only and never in
    production. `business_day` is `real` or the one fixed day that the suite takes for today (promise 16).

    `store`, `bus` and `database` are the production engines' addresses; each one that is not given is embedded, in
    the data folder. `front` is where all contexts answer under their prefixes, if that is not this process.
    """

    model_config = SettingsConfigDict(env_prefix="CARNET_", frozen=True, extra="ignore")

    tenant: str = Field("carnet", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="whose events these are, for ever")
    data: Path = Field(Path(".carnet"), description="the folder of what is embedded, and of the embedded issuer's key")
    host: str = Field("127.0.0.1", description="where it listens; the embedded issuer serves only loopback")
    port: int = Field(8000, ge=0, le=65535, description="where it listens; 0: any that is free")
    production: bool = Field(False, description="asks for an OIDC issuer with https; no page sets the day")
    front: HttpUrl | None = Field(None, description="where all contexts answer, if that is not this process")
    peers: str = Field("", description="http://{context}:8000, where the other contexts answer, if not at the front")
    drain: float = Field(0.0, ge=0, description="seconds for which a service that is told to stop still answers")

    store: SecretStr | None = Field(None, description="esdb://… or kurrentdb://… of this context's event store")
    store_prefix: str = Field("", description="of the stream names, where contexts share a server in development")
    bus: str | None = Field(None, description="kafka://host:port[,host:port…]")
    database: SecretStr | None = Field(None, description="postgresql://… of this context's database; documents too")

    kafka_partitions: int = Field(6, ge=1, description="of a topic that is made")
    kafka_replication: int = Field(1, ge=1, description="copies of a topic that is made; 3 in production")
    kafka_security: Literal["plaintext", "tls", "sasl", "sasl-tls"] = Field(
        "plaintext", description="plaintext, tls, sasl or sasl-tls: how brokers are spoken to"
    )
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512: how a login is proved"
    )
    kafka_user: str = Field("", description="as who the service logs in")
    kafka_password: SecretStr = Field(SecretStr(""), description="of this user")
    kafka_ca: Path | None = Field(None, description="certificates that sign the brokers'; the system's by default")

    issuer: Literal["embedded"] | HttpUrl = Field(EMBEDDED, description="the OIDC issuer's address, or embedded")
    audience: str = Field("carnet", description="for whom a bearer token must be")
    roles_claim: str = Field("roles", description="a claim of tokens, or a path as realm_access.roles")
    client_id: str = Field("carnet", min_length=1, description="as which pages sign people in; ID tokens are for it")
    client_secret: SecretStr | None = Field(None, description="of this client; without one PKCE alone protects it")
    scope: str = Field("openid profile", description="what a sign-in asks for")
    machine_id: str = Field("", description="as which a service asks the other ones for their feeds")
    machine_secret: SecretStr = Field(SecretStr(""), description="of this client (client credentials)")

    business_day: Literal["real"] | date = Field("real", description="or the one day that the suite takes for today")
    ticker: bool = Field(True, description="whether a real day starts its runs by itself, or is told by `carnet day`")
    zone: str = Field("Europe/Zurich", description="the time zone of the business day and of times on pages")
    language: Literal["fr", "en"] = Field("en", description="fr or en, for who asks for neither")

    otlp: HttpUrl | None = Field(None, description="http://host:4318 of a collector that takes traces (OTLP over HTTP)")
    log_format: Literal["json", "console"] = Field("json", description="json, one object a line, or console")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="debug, info, warning or error")
    body_limit: int = Field(MEBIBYTE, gt=0, description="bytes of a request's body")
    rate: float = Field(50.0, ge=0, description="requests a second of one address, for long; 0: any number")
    burst: int = Field(500, ge=1, description="requests that may come at once before `rate` counts")

    @property
    def embedded_issuer(self) -> bool:
        return self.issuer == EMBEDDED

    @property
    def suite(self) -> str:
        """Give the address where all contexts answer under their prefixes, without a slash at its end."""
        return str(self.front or f"http://{self.host}:{self.port}").rstrip("/")

    def of(self, context: str) -> str:
        """Give the address where a context answers to the other ones, without a slash at its end."""
        return self.peers.replace("{context}", context) or self.suite

    @field_validator("bus")
    @classmethod
    def name_hosts_and_ports(cls, bus: str | None) -> str | None:
        if bus is not None and not KAFKA.fullmatch(bus):
            raise ValueError("it is no kafka://host:port[,host:port…]")
        return bus

    @model_validator(mode="after")
    def log_in_with_a_name(self) -> Self:
        if self.kafka_security.startswith("sasl") and not self.kafka_user:
            raise ValueError("CARNET_KAFKA_SECURITY asks for a login, but CARNET_KAFKA_USER is empty")
        if self.kafka_ca is not None and not self.kafka_ca.is_file():
            raise ValueError(f"CARNET_KAFKA_CA names {self.kafka_ca}, which is no file")
        return self

    @model_validator(mode="after")
    def ask_the_issuer_safely(self) -> Self:
        plain = not self.embedded_issuer and str(self.issuer).startswith("http://")
        if plain and self.production:
            raise ValueError("CARNET_ISSUER must be https in production: who answers for it decides who gets in")
        return self

    @model_validator(mode="after")
    def keep_the_embedded_issuer_at_home(self) -> Self:
        if self.embedded_issuer and self.production:
            raise ValueError("the embedded issuer is for development; name an OIDC issuer for production")
        if self.embedded_issuer and not is_loopback(self.host):
            raise ValueError(f"the embedded issuer serves only loopback, not {self.host}; name an OIDC issuer")
        return self


def load(settings: type[S], **values: Any) -> S:
    """Read the settings from `values` and the environment; raises BadSettings with one sentence."""
    try:
        return settings(**values)
    except ValidationError as error:
        raise BadSettings(sentence(error.errors())) from error


def sentence(errors: Sequence[ErrorDetails]) -> str:
    return "; ".join(dict.fromkeys(f"{name_of(error)}{said(error)}" for error in errors)) + "."


def name_of(error: ErrorDetails) -> str:
    return f"CARNET_{str(error['loc'][0]).upper()}: " if error["loc"] else ""


def said(error: ErrorDetails) -> str:
    return error["msg"].removeprefix("Value error, ").rstrip(".")


def is_loopback(host: str) -> bool:
    """Say whether a server bound to `host` is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
