"""What Kafka refuses, or does not answer, in a sentence for the operator."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiokafka import errors

from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.settings import ServiceSettings

FORBIDDEN: Final = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
)
LOGIN_REFUSED: Final = (
    errors.AuthenticationFailedError,
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
)
UNSUPPORTED: Final = (
    errors.IncompatibleBrokerVersion,
    errors.UnrecognizedBrokerVersion,
    errors.UnsupportedVersionError,
    NotImplementedError,  # what aiokafka raises for a request of which both sides know no version
)
REFUSALS: Final[dict[tuple[type[Exception], ...], str]] = {
    LOGIN_REFUSED: "refuses the login of {who} ({mechanism})",
    FORBIDDEN: "does not permit {who} to {to}",
    UNSUPPORTED: "is of a version that is not supported",
    (ssl.SSLError,): "cannot be trusted, or speaks no TLS",
    (OSError, errors.KafkaConnectionError): "cannot be reached",
}
FAILURES: Final = (OSError, TimeoutError, NotImplementedError, errors.KafkaError)


@contextmanager
def asking(settings: ServiceSettings, to: str) -> Iterator[None]:
    """Turn what Kafka answers, or that it does not, into BusUnavailable; `to` is what was asked of it."""
    try:
        yield
    except FAILURES as error:
        raise BusUnavailable(sentence(settings, to, error)) from error


def sentence(settings: ServiceSettings, to: str, error: BaseException) -> str:
    where, who = f"Kafka at {','.join(hosts(settings))}", settings.kafka_user or "an unnamed user"
    if isinstance(error, TimeoutError):
        return f"{where} does not answer in time when asked to {to}."
    found = (how for kinds, how in REFUSALS.items() if isinstance(error, kinds))
    how = next(found, f"cannot be used to {to}").format(who=who, to=to, mechanism=settings.kafka_mechanism)
    return f"{where} {how}: {said(error)}"


def said(error: BaseException) -> str:
    return f"{str(error).strip() or type(error).__name__}".rstrip(".") + "."


def hosts(settings: ServiceSettings) -> list[str]:
    return (settings.bus or "").removeprefix("kafka://").split(",")
