"""A party chooses how we write to it; its e-mail address decides where it did not."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel.testing import Given, repeated_adds_nothing
from carnet.notifications.domain.preference import (
    Channel,
    ChannelChosen,
    ChooseChannel,
    Command,
    Event,
    State,
    channel_for,
    preference,
)

given_ = Given[Command, State, Event](preference)
LETTERS = ChannelChosen(party_id="k-3", channel="letter")


def test_a_choice_holds_until_the_next_one() -> None:
    assert given_().when(ChooseChannel(party_id="k-3", channel="letter")) == [LETTERS]
    assert given_(LETTERS).when(ChooseChannel(party_id="k-3", channel="letter")) == []
    emails = ChannelChosen(party_id="k-3", channel="email")
    assert given_(LETTERS).when(ChooseChannel(party_id="k-3", channel="email")) == [emails]


@pytest.mark.parametrize(
    ("chosen", "has_email", "channel"),
    [(None, True, "email"), (None, False, "letter"), ("letter", True, "letter"), ("email", False, "email")],
)
def test_without_a_choice_the_email_address_decides(chosen: State, has_email: bool, channel: Channel) -> None:
    assert channel_for(chosen, has_email=has_email) == channel


@given(st.lists(st.builds(ChooseChannel, party_id=st.just("k-3"), channel=st.sampled_from(get_args(Channel)))))
def test_any_choice_repeated_adds_nothing(played: list[Command]) -> None:
    repeated_adds_nothing(preference, played)
