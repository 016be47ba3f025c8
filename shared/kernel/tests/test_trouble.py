"""What an operator reads of a failure: the line that says what is wrong, however it was wrapped."""

from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.trouble import first_line


def test_of_what_failed_side_by_side_the_first_one_speaks() -> None:
    gone = ExceptionGroup("tasks", [ExceptionGroup("consumers", [BusUnavailable("No broker\nanswers.")]), OSError()])
    assert first_line(gone) == "No broker"
