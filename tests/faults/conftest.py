"""A firm on each bus."""

from pathlib import Path

import pytest
import structlog

from faults.firm import Firm


@pytest.fixture(params=["sqlite"])
def firm(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    return Firm(tmp_path)


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Print failures as plain text: tracebacks drawn with all their values cost more than what they tell of."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
