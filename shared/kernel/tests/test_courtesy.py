"""Background work stands aside for bulk requests, but never for long."""

from dataclasses import dataclass, field

from carnet.kernel.courtesy import BREATH, LASTS, LONGEST, Courtesy


@dataclass
class Time:
    """A clock that goes on when somebody sleeps; `bulk` requests come before each sleep ends."""

    bulk: int = 0
    now: float = 100.0
    courtesy: Courtesy = field(init=False)

    def __post_init__(self) -> None:
        self.courtesy = Courtesy(lambda: self.now, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.bulk:
            self.bulk -= 1
            self.courtesy.ask()

    async def breath(self) -> float:
        began = self.now
        await self.courtesy.breathe()
        return round(self.now - began, 6)


async def test_when_nobody_asks_it_is_a_breath() -> None:
    assert await Time().breath() == BREATH


async def test_bulk_work_goes_first_until_it_is_quiet() -> None:
    assert await Time(bulk=3).breath() == round(BREATH + 3 * LASTS, 6)


async def test_however_much_comes_background_work_goes_on() -> None:
    assert await Time(bulk=1000).breath() == round(BREATH + LONGEST, 6)
