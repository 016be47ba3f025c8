"""Reads and subscriptions: which records are wanted, and how they travel."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import uuid4

from engines.eventstore.faults import Faults
from engines.eventstore.log import Log, Record
from engines.eventstore.protos import shared_pb2, streams_pb2

Options = streams_pb2.ReadReq.Options
Response = streams_pb2.ReadResp
WINDOW: Final = 32  # records between two checkpoints of a subscription


class Dropped(Exception):
    """The subscription ends here; who wants more subscribes again."""


@dataclass(frozen=True)
class Filter:
    """The part of `$all` that is wanted: a pattern for streams or for types."""

    options: Options

    def wants(self, record: Record) -> bool:
        """Say whether a record passes."""
        if self.options.WhichOneof("filter_option") != "filter":
            return True
        by = self.options.filter.WhichOneof("filter") or ""
        text = record.stream if by == "stream_identifier" else record.type
        return re.search(getattr(self.options.filter, by).regex, text) is not None


def stream_records(log: Log, options: Options) -> Iterator[Record]:
    """Give a stream's records from where it is asked, in the direction that is asked."""
    records, wanted = log.streams[options.stream.stream_identifier.stream_name.decode()], options.stream
    start = wanted.revision if wanted.WhichOneof("revision_option") == "revision" else None
    if options.read_direction == Options.Forwards:
        found = records[start or 0 :]
    else:
        found = records[: None if start is None else start + 1][::-1]
    return islice(found, options.count)


def all_records(log: Log, options: Options) -> Iterator[Record]:
    """Give the records of `$all`: forwards from the position given, which is included; backwards before it."""
    at = options.all.position.commit_position if options.all.WhichOneof("all_option") == "position" else None
    if options.read_direction == Options.Forwards:
        found = log.records[log.after(at or 0, including=True) :]
    else:
        found = log.records[: None if at is None else log.after(at, including=True)][::-1]
    return islice(filter(Filter(options).wants, found), options.count)


async def subscription(log: Log, options: Options, faults: Faults) -> AsyncIterator[Response]:
    """Follow `$all` past the position given, with a checkpoint at the end of each window; raises Dropped."""
    yield Response(confirmation=Response.SubscriptionConfirmation(subscription_id=str(uuid4())))
    index, drops, wants, live = first_index(log, options), faults.dropped.rung, Filter(options).wants, False
    while True:
        rung = log.news.rung
        for record in (window := log.records[index : index + WINDOW]):
            if wants(record):
                yield event(record)
        if faults.dropped.rung != drops:
            raise Dropped
        if window:
            index += len(window)
            yield checkpoint(window[-1].position)
        elif not live:
            live = True
            yield Response(caught_up=Response.CaughtUp())
        else:
            await log.news.wait(rung, 0.05)  # not for ever, so that a drop is noticed


def first_index(log: Log, options: Options) -> int:
    match options.all.WhichOneof("all_option"):
        case "position":
            return log.after(options.all.position.commit_position)
        case "end":
            return len(log.records)
        case _:
            return 0


def checkpoint(position: int) -> Response:
    return Response(checkpoint=Response.Checkpoint(commit_position=position, prepare_position=position))


def event(record: Record) -> Response:
    """Give a record as it travels."""
    recorded = Response.ReadEvent.RecordedEvent(
        id=shared_pb2.UUID(string=record.id),
        stream_identifier=shared_pb2.StreamIdentifier(stream_name=record.stream.encode()),
        stream_revision=record.revision,
        prepare_position=record.position,
        commit_position=record.position,
        metadata={"type": record.type, "content-type": record.content_type, "created": str(record.created)},
        custom_metadata=record.metadata,
        data=record.data,
    )
    return Response(event=Response.ReadEvent(event=recorded, commit_position=record.position))
