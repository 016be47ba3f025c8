"""Appends and tombstones, with the server's own rule of idempotency, which is laxer than our port's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from engines.eventstore.log import CLOSED, CLOSED_TYPE, Log, Record
from engines.eventstore.protos import streams_pb2

MAX_APPEND_BYTES: Final = 1024 * 1024
Proposed = streams_pb2.BatchAppendReq.ProposedMessage
Expected = int | str  # a revision, or one of the words "any", "no_stream", "stream_exists"


class Refused(Exception):
    """An append that is not taken."""


class WrongExpectedVersion(Refused):
    """The stream is elsewhere."""


class StreamDeleted(Refused):
    """The stream is tombstoned."""


class TooLarge(Refused):
    """More than the server takes at once."""


@dataclass(frozen=True)
class Written:
    """The last record of an append; `before` says that it stood there already."""

    last: Record
    before: bool = False


def append(log: Log, stream: str, expected: Expected, proposed: Sequence[Proposed]) -> Written:
    """Append to a stream; raises Refused."""
    if sum(len(p.data) + len(p.custom_metadata) + 2 * len(p.metadata["type"]) for p in proposed) > MAX_APPEND_BYTES:
        raise TooLarge
    if (first := check_commit(log, stream, expected, [p.id.string for p in proposed])) is not None:
        return Written(log.streams[stream][first + len(proposed) - 1], before=True)
    records: list[Record] = []
    for message in proposed:
        position = records[-1].end() if records else log.end()
        records.append(record(message, stream, log.head(stream) + 1 + len(records), position))
    log.add(records)
    return Written(records[-1])


def check_commit(log: Log, stream: str, expected: Expected, ids: Sequence[str]) -> int | None:
    """Give the revision at which a repeated append stands, None for one to be written; raises Refused.

    This is the server's `CheckCommit`: at the head it takes any id, also one that the stream holds already; behind it
    an append is repeated when all of its ids match from there on.
    """
    head, known = log.head(stream), [each.id for each in log.streams.get(stream, ())]
    if stream in log.closed:
        raise StreamDeleted
    if isinstance(expected, str) and expected in {"any", "stream_exists"}:
        return check_anywhere(known, ids, exists=expected == "stream_exists")
    first = 0 if isinstance(expected, str) else expected + 1
    if first == head + 1:
        return None
    if not ids or known[first : first + len(ids)] != list(ids):
        raise WrongExpectedVersion
    return first


def check_anywhere(known: Sequence[str], ids: Sequence[str], *, exists: bool) -> int | None:
    if exists and not known:
        raise WrongExpectedVersion
    if not ids or ids[0] not in known:
        return None
    if not set(ids) <= set(known):
        raise WrongExpectedVersion
    return known.index(ids[-1]) - len(ids) + 1


def record(message: Proposed, stream: str, revision: int, position: int) -> Record:
    said = message.metadata
    return Record(
        position,
        stream,
        revision,
        message.id.string,
        said["type"],
        said["content-type"],
        message.data,
        message.custom_metadata,
        now(),
    )


def tombstone(log: Log, stream: str, expected: Expected) -> Record:
    """Close a stream for good; raises Refused."""
    check_commit(log, stream, expected, ())
    closing = Record(log.end(), stream, CLOSED, str(uuid4()), CLOSED_TYPE, "application/json", b"", b"", now())
    log.add([closing])
    return closing


def now() -> int:
    """Read the clock, in 100 ns since 1970."""
    return int(datetime.now(UTC).timestamp() * 10_000_000)
