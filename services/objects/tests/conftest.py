from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from carnet.kernel.trial import Trial, trial
from carnet.objects.app import build
from carnet.objects.settings import Settings


@pytest.fixture
async def suite(tmp_path: Path, database: SecretStr | None) -> AsyncIterator[Trial]:
    """The service alone, with only its own settings."""
    settings = Settings(data=tmp_path, database=database, log_level="error", business_day="2026-12-31")
    async with trial(objects=build(settings)) as running:
        yield running
