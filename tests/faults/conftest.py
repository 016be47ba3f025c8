"""A firm on each bus, and the broker of that bus for those who harm it."""

from pathlib import Path

import pytest
import structlog
from engines.kafka_process import OwnKafka

from faults.brokers import KafkaBroker, LogFile
from faults.firm import Firm


@pytest.fixture(params=["sqlite", "kafka"])
def firm(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    kafka = request.getfixturevalue("clean_kafka") if request.param == "kafka" else None
    return Firm(tmp_path, kafka and kafka.uri)


@pytest.fixture
def broker(request: pytest.FixtureRequest, firm: Firm) -> LogFile | KafkaBroker:
    if firm.bus is None:
        return LogFile(firm.folder / "bus.db")
    kafka: OwnKafka = request.getfixturevalue("own_kafka")
    return KafkaBroker(kafka, firm.settings())


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Print failures as plain text: tracebacks drawn with all their values cost more than what they tell of."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
