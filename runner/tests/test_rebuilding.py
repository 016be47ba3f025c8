"""`carnet rebuild` behind two replicas, of which one consumes: it says "rebuilt" when that is so, and only then."""

from dataclasses import dataclass

import httpx
import pytest

from carnet.kernel.serve import NotReady
from carnet.kernel.settings import BadSettings
from carnet.runner import rebuilding
from carnet.runner.rebuilding import rebuild

REFUSED = httpx.Response(409, json={"detail": "Another process of this service consumes now."})


@dataclass
class TwoReplicas:
    """A front door that asks them in turn; the rebuild ends after so many looks, if at all."""

    looks: int | None
    asked: int = 0
    rebuilding: bool = False
    generation: int = 1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        consumes = self.asked % 4 == 0
        if request.method == "POST":
            self.rebuilding = consumes
            return httpx.Response(202) if consumes else REFUSED
        if self.rebuilding and self.looks is not None:
            self.looks -= 1
            self.generation += self.looks == 0
        under_way = {"dispatch.orders": 7} if consumes and self.looks else {}
        return httpx.Response(200, json={"generations": {"dispatch.orders": self.generation}, "rebuilds": under_way})

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self), base_url="http://front")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "PAUSE", 0.0)


async def test_it_finds_the_one_that_consumes_and_waits_until_the_swap() -> None:
    front = TwoReplicas(looks=9)
    await rebuild(front.client(), "dispatch", "dispatch.orders")
    assert front.generation == 2


async def test_one_that_is_cut_off_is_not_called_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "OUT_OF_SIGHT", 0.05)
    with pytest.raises(NotReady, match="not rebuilt to the end"):
        await rebuild(TwoReplicas(looks=None).client(), "dispatch", "dispatch.orders")


async def test_who_is_refused_by_all_is_told_why() -> None:
    front = httpx.MockTransport(lambda r: REFUSED if r.method == "POST" else TwoReplicas(looks=None)(r))
    with pytest.raises(BadSettings, match="Another process"):
        await rebuild(httpx.AsyncClient(transport=front, base_url="http://front"), "dispatch", "dispatch.orders")
