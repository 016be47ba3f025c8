"""What an operator reads of a failure: the line that says what is wrong, however it was wrapped."""

import pytest
from pydantic import ValidationError

from carnet.events.objects import PartyRegistered
from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.trouble import first_line


def test_of_what_failed_side_by_side_the_first_one_speaks() -> None:
    gone = ExceptionGroup("tasks", [ExceptionGroup("consumers", [BusUnavailable("No broker\nanswers.")]), OSError()])
    assert first_line(gone) == "No broker"


def test_a_fact_that_is_wrong_does_not_say_what_stands_in_it() -> None:
    with pytest.raises(ValidationError, match="name") as wrong:
        PartyRegistered.model_validate_json(b'{"party_id": "p", "number": "1", "name": ["Mme Rochat"]}')
    assert "Rochat" not in str(wrong.value)
