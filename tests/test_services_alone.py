"""Each service starts alone, with only its own settings, and brings no other context along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from carnet.kernel.service import CONTEXTS

START = """
import asyncio, sys
import httpx
from carnet.kernel.serve import build

async def main(context):
    app = build(context)
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            answer = await client.get(f"/{context}/health/ready")
            assert answer.status_code == 200, answer.text
            assert (await client.get(f"/{context}/ops/status")).status_code == 401

context = sys.argv[1]
asyncio.run(main(context))
others = {name.split(".")[1] for name in sys.modules if name.startswith("carnet.")} - {context, "kernel", "events"}
assert not others, others
assert "opentelemetry.sdk" not in sys.modules  # nobody asked for traces
"""


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_service_starts_alone(context: str, tmp_path: Path) -> None:
    settings = {"PATH": os.environ["PATH"], "CARNET_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", START, context], env=settings, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {context}
