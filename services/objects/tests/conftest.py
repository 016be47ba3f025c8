from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from carnet.kernel.trial import Trial, trial
from carnet.objects.app import build
from carnet.objects.settings import Settings


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Trial]:
    """The service alone, with only its own settings."""
    async with trial(objects=build(Settings(data=tmp_path, log_level="error", business_day="2026-12-31"))) as running:
        yield running
