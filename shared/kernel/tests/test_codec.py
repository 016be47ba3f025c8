"""Names live for ever: what an earlier version wrote is read as the newest one (promise 17)."""

from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, ValidationError

from carnet.events.fact import Fact
from carnet.kernel.codec import Codec, UnknownEventType, Upcaster, readers_of


def with_colour(first: dict[str, Any]) -> dict[str, Any]:
    """A lamp had one colour."""
    return {**first, "type": "lit.v2", "colour": "white"}


def in_kelvin(second: dict[str, Any]) -> dict[str, Any]:
    """A colour was a word; it is a temperature."""
    same = {name: value for name, value in second.items() if name != "colour"}
    return {**same, "type": "lit.v3", "kelvin": {"white": 4000, "warm": 2700}[second["colour"]]}


class Lit(BaseModel, frozen=True):
    """A lamp burns, as the third version says it."""

    EARLIER: ClassVar[dict[str, Upcaster]] = {"lit.v1": with_colour, "lit.v2": in_kelvin}
    type: Literal["lit.v3"] = "lit.v3"
    lamp: str
    kelvin: int


class Dimmed(BaseModel, frozen=True):
    type: Literal["dimmed.v1"] = "dimmed.v1"
    lamp: str


class LampLit(Fact):
    """The same, told to others."""

    TYPE: ClassVar[str] = "carnet.toy.LampLit.v2"
    EARLIER: ClassVar[dict[str, Upcaster]] = {"carnet.toy.LampLit.v1": lambda first: {**first, "kelvin": 4000}}
    lamp: str
    kelvin: int


CODEC = Codec(Dimmed) | Codec(Lit)
STORED = {
    "lit.v1": b'{"type": "lit.v1", "lamp": "a"}',
    "lit.v2": b'{"type": "lit.v2", "lamp": "a", "colour": "warm"}',
    "lit.v3": b'{"type": "lit.v3", "lamp": "a", "kelvin": 3000}',
}


@pytest.mark.parametrize(("name", "kelvin"), [("lit.v1", 4000), ("lit.v2", 2700), ("lit.v3", 3000)])
def test_every_version_is_read_as_the_newest(name: str, kelvin: int) -> None:
    assert CODEC.decode(name, STORED[name]) == Lit(lamp="a", kelvin=kelvin)


def test_what_is_written_is_the_newest() -> None:
    assert CODEC.encode(CODEC.decode("lit.v1", STORED["lit.v1"]))[0] == "lit.v3"


def test_a_consumer_reads_an_earlier_fact_as_the_newest() -> None:
    assert readers_of([LampLit])["carnet.toy.LampLit.v1"](b'{"lamp": "a"}') == LampLit(lamp="a", kelvin=4000)


def test_a_version_from_the_future_is_unknown() -> None:
    with pytest.raises(UnknownEventType, match=r"lit\.v4"):
        CODEC.decode("lit.v4", b"{}")


def test_what_an_upcaster_makes_is_validated() -> None:
    with pytest.raises(ValidationError, match="lamp"):
        CODEC.decode("lit.v1", b'{"type": "lit.v1"}')
