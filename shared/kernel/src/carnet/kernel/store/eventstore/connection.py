"""The connection: made when it is first needed, tried again by itself; every failure is one sentence."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, Self, TypeVar

from carnet.kernel.store.eventstore.address import Address
from carnet.kernel.store.eventstore.client import (
    FAILURES,
    Client,
    NotFound,
    RecordedEvent,
    StreamIsDeleted,
    WrongCurrentVersion,
    heeding_cancellation,
    login_refused,
    version,
)
from carnet.kernel.store.port import StoreError

T = TypeVar("T")
Ask = Callable[[Client], Awaitable[T]]


class Subscription(Protocol):
    """A subscription of either client."""

    def __aiter__(self) -> AsyncIterator[RecordedEvent]: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...


ANSWERS: Final = (NotFound, StreamIsDeleted, WrongCurrentVersion)  # not failures: the server says how things are
NEEDED: Final = (23, 10)
PAUSE: Final = 0.2  # seconds before the one more try that the client itself does not make


class Connection:
    """One client of one server. `introduce` is asked once, before all else, on a server whose version will do."""

    def __init__(self, address: Address, introduce: Ask[None]) -> None:
        self.address = address
        self._client = address.client()
        self._introduce = introduce
        self._meeting = asyncio.Lock()
        self._connected = self._met = self._closed = False
        self._under_way = 0
        self._idle = asyncio.Event()

    async def ask(self, ask: Ask[T]) -> T:
        """Ask the server; raises what it answers (ANSWERS), else StoreError with one sentence.

        A call that failed is made once more: what is appended has its ids, so that the server knows a repeat.
        """
        with self._accepted():
            await self._meet()
            try:
                return await self._once(ask)
            except StoreError:
                await asyncio.sleep(PAUSE)
                return await self._once(ask)

    async def events(self, subscribe: Ask[Subscription]) -> AsyncGenerator[RecordedEvent | None, None]:
        """Give None once a subscription runs, then what it brings until it is dropped; raises StoreError."""
        async with await self.ask(subscribe) as subscription:
            yield None
            with self._said():
                async for event in subscription:
                    yield event

    def refuse(self) -> None:
        """Take nothing more."""
        self._closed = True

    async def close(self) -> None:
        """Finish what was accepted, then let go of the server."""
        while self._under_way:
            self._idle.clear()
            await self._idle.wait()
        if self._connected:
            self._connected = False
            await self._client.close()

    async def _meet(self) -> None:
        if self._met:
            return
        async with self._meeting:
            if not self._met:
                await self._once(self._first_meeting)
                self._met = True

    async def _first_meeting(self, client: Client) -> None:
        if not self._connected:
            await client.connect()
            self._connected = True
        found = await version(client, self.address.deadline)
        if tuple(map(int, re.findall(r"\d+", found)[:2])) < NEEDED:
            where, oldest = self.address.targets, ".".join(map(str, NEEDED))
            raise StoreError(
                f"The event store at {where} has version {found}; Carnet needs {oldest} or newer: update it."
            )
        await self._introduce(client)

    async def _once(self, ask: Ask[T]) -> T:
        with self._said(), heeding_cancellation():
            return await ask(self._client)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turn every failure into a sentence."""
        try:
            yield
        except ANSWERS:
            raise
        except FAILURES as error:
            raise StoreError(sentence(error, self.address.targets)) from error

    @contextmanager
    def _accepted(self) -> Iterator[None]:
        if self._closed:
            raise StoreError("The event store is closed.")
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()


def sentence(error: Exception, targets: str) -> str:
    """Say what is wrong with a server, for the operator."""
    if login_refused(error):
        return f"The event store at {targets} refuses the login; check name and password in CARNET_STORE."
    said = getattr(error, "details", lambda: str(error))() or type(error).__name__
    return f"The event store at {targets} does not answer: {said.strip().removesuffix('.')}."
