"""The service `Streams`: Read, BatchAppend and Tombstone, as far as our adapter and its clients ask for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.protobuf.message import Message

from engines.eventstore.accounts import Accounts
from engines.eventstore.faults import Faults
from engines.eventstore.log import Log
from engines.eventstore.protos import shared_pb2, status_pb2, streams_pb2, streams_pb2_grpc
from engines.eventstore.reading import Dropped, all_records, event, stream_records, subscription
from engines.eventstore.writing import (
    MAX_APPEND_BYTES,
    Expected,
    Refused,
    StreamDeleted,
    TooLarge,
    Written,
    WrongExpectedVersion,
    append,
    tombstone,
)

Call: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"


@dataclass
class Streams(streams_pb2_grpc.StreamsServicer):
    """Reads from and writes to a log."""

    log: Log
    faults: Faults
    accounts: Accounts

    def may(self, call: Call, right: str, stream: str) -> bool:
        """Say whether the caller has a right on a stream; the Doorkeeper has let in whom it knows."""
        user = self.accounts.known(dict(call.invocation_metadata() or ()).get("authorization"))
        return not self.accounts.users or (user is not None and self.accounts.may(user, right, stream))

    async def permit(self, call: Call, right: str, stream: str) -> None:
        """End the call of who has not the right."""
        if not self.may(call, right, stream):
            await call.abort(grpc.StatusCode.PERMISSION_DENIED, "Access Denied", (("exception", "access-denied"),))

    async def Read(self, request: streams_pb2.ReadReq, call: Call) -> AsyncIterator[streams_pb2.ReadResp]:  # noqa: N802  # the protocol's name
        await self.faults.before_answering(call)
        options = request.options
        await self.permit(call, "$r", options.stream.stream_identifier.stream_name.decode() or "$all")
        if options.WhichOneof("count_option") == "subscription":
            try:
                async for response in subscription(self.log, options, self.faults):
                    yield response
            except Dropped:
                if not self.faults.quietly:
                    await call.abort(grpc.StatusCode.ABORTED, "Consumer too slow to handle event while live.")
        elif options.WhichOneof("stream_option") == "all":
            for record in all_records(self.log, options):
                yield event(record)
        else:
            async for response in self.read_stream(options, call):
                yield response

    async def read_stream(
        self, options: streams_pb2.ReadReq.Options, call: Call
    ) -> AsyncIterator[streams_pb2.ReadResp]:
        identifier = options.stream.stream_identifier
        if (name := identifier.stream_name.decode()) in self.log.closed:
            await call.abort(grpc.StatusCode.FAILED_PRECONDITION, f"Event stream '{name}' is deleted.")
        if self.log.head(name) < 0:
            yield streams_pb2.ReadResp(
                stream_not_found=streams_pb2.ReadResp.StreamNotFound(stream_identifier=identifier)
            )
            return
        for record in stream_records(self.log, options):
            yield event(record)

    async def BatchAppend(  # noqa: N802  # the protocol's name
        self, requests: AsyncIterator[streams_pb2.BatchAppendReq], call: Call
    ) -> AsyncIterator[streams_pb2.BatchAppendResp]:
        async for request in requests:
            await self.faults.before_answering(call)
            answer = self.batch(request) if self.may(call, "$w", written_to(request)) else denied(request)
            if answer.WhichOneof("result") == "success":
                await self.faults.after_committing(call)
            yield answer

    def batch(self, request: streams_pb2.BatchAppendReq) -> streams_pb2.BatchAppendResp:
        """Append one batch, which both clients send whole; give what the server says to it."""
        name, answer = written_to(request), answer_to(request)
        try:
            written = append(self.log, name, expected_by(request.options), request.proposed_messages)
            answer.success.CopyFrom(self.success(written))
        except Refused as error:
            answer.error.CopyFrom(status_of(error, self.log.head(name)))
        return answer

    def success(self, written: Written) -> streams_pb2.BatchAppendResp.Success:
        revision, position = written.last.revision, written.last.position
        if written.before and self.faults.forgets_positions:
            return streams_pb2.BatchAppendResp.Success(current_revision=revision, no_position=empty_pb2.Empty())
        where = shared_pb2.AllStreamPosition(commit_position=position, prepare_position=position)
        return streams_pb2.BatchAppendResp.Success(current_revision=revision, position=where)

    async def Tombstone(self, request: streams_pb2.TombstoneReq, call: Call) -> streams_pb2.TombstoneResp:  # noqa: N802  # the protocol's name
        await self.faults.before_answering(call)
        name, expected = request.options.stream_identifier.stream_name.decode(), expected_by(request.options)
        await self.permit(call, "$d", name)
        try:
            position = tombstone(self.log, name, expected).position
        except StreamDeleted:
            await call.abort(grpc.StatusCode.FAILED_PRECONDITION, f"Event stream '{name}' is deleted.")
        except WrongExpectedVersion:
            wrong = f"Tombstone failed due to WrongExpectedVersion. Stream: {name}, Expected version: "
            told = expected if isinstance(expected, int) else -4
            await call.abort(
                grpc.StatusCode.FAILED_PRECONDITION, f"{wrong}{told}, Actual version: {self.log.head(name)}"
            )
        where = streams_pb2.TombstoneResp.Position(commit_position=position, prepare_position=position)
        return streams_pb2.TombstoneResp(position=where)


def written_to(request: streams_pb2.BatchAppendReq) -> str:
    return request.options.stream_identifier.stream_name.decode()


def answer_to(request: streams_pb2.BatchAppendReq) -> streams_pb2.BatchAppendResp:
    answer = streams_pb2.BatchAppendResp(stream_identifier=request.options.stream_identifier)
    answer.correlation_id.CopyFrom(request.correlation_id)
    return answer


def denied(request: streams_pb2.BatchAppendReq) -> streams_pb2.BatchAppendResp:
    """Say that the writer has not the right."""
    details, answer = any_pb2.Any(), answer_to(request)
    details.Pack(shared_pb2.AccessDenied())
    answer.error.CopyFrom(status_pb2.Status(message="Access Denied", details=details))
    return answer


def expected_by(options: Any) -> Expected:
    """Read what a writer expects: a revision or a word; each request calls it by a name of its own."""
    group = next(name for name in options.DESCRIPTOR.oneofs_by_name if name.startswith("expected_stream_"))
    named: str = options.WhichOneof(group)
    return int(getattr(options, named)) if named in {"stream_position", "revision"} else named


def status_of(error: Refused, head: int) -> status_pb2.Status:
    """Say in the protocol's words why an append is refused."""
    details = any_pb2.Any()
    details.Pack(details_of(error, head))
    return status_pb2.Status(message=type(error).__name__, details=details)


def details_of(error: Refused, head: int) -> Message:
    match error:
        case StreamDeleted():
            return shared_pb2.StreamDeleted()
        case TooLarge():
            return shared_pb2.MaximumAppendSizeExceeded(maxAppendSize=MAX_APPEND_BYTES)
        case _ if head < 0:
            return shared_pb2.WrongExpectedVersion(current_no_stream=empty_pb2.Empty())
        case _:
            return shared_pb2.WrongExpectedVersion(current_stream_revision=head)
