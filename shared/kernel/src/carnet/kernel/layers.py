"""A mapping for states that grow large: another one with an entry more shares nearly all of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

THICK: Final = 256  # entries


@dataclass(frozen=True, eq=False)
class Layers(Mapping[K, V]):
    """What lies above hides what lies below; in the order in which the keys came, as in a dict.

    `layers | more` copies what lies above alone, so that a fold of many events stays linear in them; once that is
    thick, all becomes one layer.
    """

    below: Mapping[K, V] = field(default_factory=dict)
    above: Mapping[K, V] = field(default_factory=dict)

    def __getitem__(self, key: K) -> V:
        return self.above[key] if key in self.above else self.below[key]

    def __iter__(self) -> Iterator[K]:
        return iter({**self.below, **self.above})

    def __len__(self) -> int:
        return len(self.below.keys() | self.above.keys())

    def __or__(self, more: Mapping[K, V]) -> "Layers[K, V]":
        above = {**self.above, **more}
        return Layers(self.below, above) if len(above) < THICK else Layers({**self.below, **above})
