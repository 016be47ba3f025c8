"""The office of the demonstration's firm: everything it does, it does over HTTP, each thing under a key of its own."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from carnet.runner.suite import settle

CONFLICT = 409


class Surprise(Exception):
    """The suite answered something that the script does not expect."""


@dataclass
class Office:
    """Speaks to the suite. A request's key follows from the day and its place in it, so a second play adds nothing."""

    client: httpx.AsyncClient
    day: date = date(2026, 1, 1)
    asked: int = 0
    ids: dict[str, str] = field(default_factory=dict)

    def begin(self, day: date) -> None:
        """Turn to another day."""
        self.day, self.asked = day, 0

    async def post(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        """Give a command; it has to succeed."""
        answer = await self.send(path, body, method)
        if answer.is_error:
            raise Surprise(f"{self.day} {path}: {answer.status_code} {answer.text}")
        result: dict[str, Any] = answer.json()
        return result

    async def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.post(path, body, "PUT")

    async def refused(self, path: str, body: dict[str, Any], because: str) -> None:
        """Give a command that a rule refuses, with `because` in its sentence."""
        answer = await self.send(path, body, "POST")
        if answer.status_code != CONFLICT or because not in answer.json()["detail"]:
            raise Surprise(f"{self.day} {path}: expected a refusal ({because}), got {answer.status_code} {answer.text}")

    async def send(self, path: str, body: dict[str, Any], method: str) -> httpx.Response:
        self.asked += 1
        key = f"demo-{self.day}-{self.asked}"
        return await self.client.request(method, path, json=body, headers={"Idempotency-Key": key})

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.client.get(path, params=query)
        if answer.is_error:
            raise Surprise(f"{self.day} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Give every row of a list, page by page."""
        rows, cursor = [], None
        while True:
            page = await self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            rows += page["items"]
            if (cursor := page["next"]) is None:
                return rows

    async def rest(self) -> None:
        """Wait until every relay and consumer has caught up."""
        await settle(self.client)
