"""A collector for tests: takes spans by OTLP over HTTP on a real socket, and keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Told:
    """A span as it came over the wire; ids are hexadecimal, `above` is "" where a trace begins."""

    service: str
    name: str
    trace: str
    id: str
    above: str


@dataclass
class Collector:
    """What was told, in the order in which it came."""

    address: str = ""
    spans: list[Told] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {attribute.key: attribute.value.string_value for attribute in each.resource.attributes}
            self.spans.extend(told(about["service.name"], span) for scope in each.scope_spans for span in scope.spans)

    def road(self, span: Told) -> list[str]:
        """Give a span and all above it, as "service: name", down from where the trace begins."""
        above = [other for other in self.spans if other.id == span.above]
        return [*(self.road(above[0]) if above else []), f"{span.service}: {span.name}"]


def told(service: str, span: Any) -> Told:
    return Told(service, span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect at an address on loopback for as long as the block runs."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/v1/traces":
                return self.send_error(404)
            collector.take(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())
            return None

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
