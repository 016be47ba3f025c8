"""Clients that post one party after another over connections that stay open, in a process of their own.

`python -m bench.load HOST:PORT CLIENTS SECONDS TOKEN` prints {"rate", "p50", "p99"}: answers a second, milliseconds.
"""

import asyncio
import json
import sys
import time
from uuid import uuid4

from bench.report import percentile

WARM_UP = 0.5  # seconds that do not count
REQUEST = """POST /objects/parties HTTP/1.1\r
Host: {address}\r
Authorization: Bearer {token}\r
Idempotency-Key: {key}\r
Content-Type: application/json\r
Content-Length: {length}\r
\r
{body}"""


def request(address: str, token: str) -> bytes:
    key = str(uuid4())
    body = json.dumps({"number": key[:18], "name": f"Régie {key[:8]} SA", "language": "fr", "email": "info@example.ch"})
    return REQUEST.format(address=address, token=token, key=key, length=len(body.encode()), body=body).encode()


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> None:
    """Send a request and read its answer whole. Raises RuntimeError for any other than 201."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    body = await reader.readexactly(int(lengths[0].split(b":")[1]))
    if b" 201 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(body.decode())


async def client(address: str, token: str, begin: float, seconds: float) -> list[float]:
    """Give the seconds that each counted answer took."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    took = []
    while (sent_at := time.perf_counter()) < begin + seconds:
        await post(reader, writer, request(address, token))
        if sent_at >= begin:
            took.append(time.perf_counter() - sent_at)
    writer.close()
    return took


async def main(address: str, clients: int, seconds: float, token: str) -> dict[str, float]:
    begin = time.perf_counter() + WARM_UP
    took = await asyncio.gather(*(client(address, token, begin, seconds) for _ in range(clients)))
    every = [each * 1000 for one in took for each in one]
    return {"rate": len(every) / seconds, "p50": percentile(every, 0.5), "p99": percentile(every, 0.99)}


if __name__ == "__main__":
    where, how_many, how_long, bearer = sys.argv[1:]
    print(json.dumps(asyncio.run(main(where, int(how_many), float(how_long), bearer))))
