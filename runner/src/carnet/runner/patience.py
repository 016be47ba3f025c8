"""Asking again what may be asked again: a replica that stops in the middle is no reason to give up."""

import asyncio
from typing import Final

import httpx

AGAIN: Final = 503
TRIES: Final = 240  # two minutes: a service that is replaced is away for its start
PAUSE: Final = 0.5  # seconds


class Patient(httpx.AsyncHTTPTransport):
    """Sends a request again where nobody was there to answer it: a question, or a command with an Idempotency-Key."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(TRIES if may_repeat(request) else 0):
            try:
                answer = await super().handle_async_request(request)
            except httpx.ConnectError:
                raise  # nobody at all is a mistake in the address, and is said at once
            except httpx.TransportError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code != AGAIN:
                return answer
            await answer.aclose()
            await asyncio.sleep(PAUSE)
        return await super().handle_async_request(request)


def may_repeat(request: httpx.Request) -> bool:
    return request.method == "GET" or "idempotency-key" in request.headers
