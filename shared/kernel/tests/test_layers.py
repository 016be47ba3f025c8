"""A mapping in layers is to every reader the dict that it stands for, and is never changed."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel.layers import THICK, Layers

FEW = st.dictionaries(st.integers(0, 9), st.text(max_size=2), max_size=4)


@given(st.lists(FEW, max_size=8), FEW)
def test_layers_read_as_the_dict_that_they_stand_for(more: list[dict[int, str]], below: dict[int, str]) -> None:
    layers, whole = Layers(below), dict(below)
    for each in more:
        before, earlier = layers, dict(layers)
        layers, whole = layers | each, whole | each
        assert dict(before) == earlier
    assert list(layers.items()) == list(whole.items())
    assert len(layers) == len(whole)
    assert all((key in layers) == (key in whole) for key in range(10))


def test_an_entry_more_shares_what_lies_below() -> None:
    grown = [Layers[int, int]()]
    for n in range(10 * THICK):
        grown.append(grown[-1] | {n: n})
    assert list(grown[-1]) == list(range(10 * THICK))
    assert max(len(each.above) for each in grown) < THICK
    assert sum(one.below is not other.below for one, other in pairwise(grown)) == 10
