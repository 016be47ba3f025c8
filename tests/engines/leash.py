"""What a test starts ends with the test's process, however that ends: SIGTERM and kill -9 run no `finally`."""

from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE, Popen


@contextmanager
def leashed(clean_up: str, *arguments: str, user: str | None = None) -> Iterator[None]:
    """Run a shell's `clean_up` with its arguments ($1, …) at the block's end, or when this process dies.

    A shell outside our session waits for the end of a pipe that we hold; the kernel closes it with us.
    """
    command = ["sh", "-c", f"read _; {clean_up}", "leash", *arguments]
    leash = Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True, cwd="/", user=user)
    try:
        yield
    finally:
        leash.communicate()
