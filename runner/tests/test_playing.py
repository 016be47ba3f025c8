"""What stops the demonstration, such as a full disk, is one line for the operator."""

import httpx
import pytest

from carnet.kernel.serve import NotReady
from carnet.runner.playing import played
from carnet.runner.suite import in_a_line

FULL = {"title": "Not available now", "detail": "The disk of this service is full;\nmake room."}


async def test_an_answer_that_stops_it_is_one_line() -> None:
    always = httpx.MockTransport(lambda _: httpx.Response(503, json=FULL))
    async with httpx.AsyncClient(transport=always, base_url="http://suite") as client:
        with pytest.raises(NotReady, match=r"run it again to go on: .* 503 ") as stopped:
            await played(client)
    assert str(stopped.value).count("\n") == 0


@pytest.mark.parametrize("error", [TimeoutError(), httpx.ReadTimeout(""), httpx.HTTPError("one line\nand another")])
def test_a_suite_that_does_not_answer_is_one_line(error: Exception) -> None:
    with pytest.raises(NotReady, match="The suite at http://suite ") as stopped, in_a_line("http://suite"):
        raise error
    assert str(stopped.value).count("\n") == 0
