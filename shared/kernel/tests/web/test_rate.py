"""How often one address may ask: at once, for long, and what is not counted."""

import httpx
import pytest
from fastapi import FastAPI

from carnet.kernel.settings import ServiceSettings
from carnet.kernel.web.application import create_app
from carnet.kernel.web.rate import MOST_KEPT, Buckets


def test_a_bucket_empties_fills_and_is_each_ones_own() -> None:
    now = [0.0]
    buckets = Buckets(rate=2, burst=3, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    now[0] = 0.5
    assert [buckets.take("a"), buckets.take("a")] == [0, 0.5]


def test_addresses_whose_bucket_is_full_again_are_forgotten() -> None:
    now = [0.0]
    buckets = Buckets(rate=1, burst=1, clock=lambda: now[0])
    for number in range(MOST_KEPT):
        buckets.take(str(number))
    now[0] = 1.0
    buckets.take("one more")
    assert len(buckets.left) == 1


def test_a_bucket_that_fills_slowly_is_kept_until_it_is_full() -> None:
    now = [0.0]
    buckets = Buckets(rate=1, burst=3, clock=lambda: now[0])
    buckets.take("a")
    buckets.take("a")
    now[0] = 1.0
    buckets.take("b")
    assert [*buckets.left] == ["a", "b"]
    now[0] = 2.0
    buckets.take("c")
    assert [*buckets.left] == ["c"]  # both are as full as if they had never come


class Counted(Buckets):
    """Buckets that count how often they look into one."""

    looks = 0

    def at(self, address: str, now: float) -> float:
        self.looks += 1
        return super().at(address, now)


@pytest.mark.parametrize("step", [0.0, 0.001], ids=["all-at-once", "some-are-full-again"])
def test_a_request_costs_the_same_with_any_number_of_addresses(step: float) -> None:
    now = [0.0]
    buckets = Counted(rate=1, burst=5, clock=lambda: now[0])
    requests = 3 * MOST_KEPT
    for number in range(requests):
        now[0] += step
        assert buckets.take(str(number)) == 0
    assert buckets.looks <= 3 * requests
    assert len(buckets.left) <= MOST_KEPT


@pytest.fixture
def limited(settings: ServiceSettings) -> FastAPI:
    return create_app("lifts", "Lifts", settings.model_copy(update={"rate": 0.01, "burst": 2}))


@pytest.mark.parametrize(
    ("address", "path", "last"),
    [
        ("203.0.113.7", "/lifts/openapi.json", 429),
        ("203.0.113.7", "/lifts/health/live", 200),
        ("203.0.113.7", "/lifts/metrics", 200),
        ("127.0.0.1", "/lifts/openapi.json", 200),
    ],
)
async def test_who_asks_too_much_is_told_when_to_come_back(
    limited: FastAPI, address: str, path: str, last: int
) -> None:
    transport = httpx.ASGITransport(limited, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://carnet.test") as client:
        answers = [await client.get(path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, last]
    assert answers[-1].headers.get("retry-after", "") == ("100" if last == 429 else "")
    assert answers[-1].headers["x-content-type-options"] == "nosniff"
