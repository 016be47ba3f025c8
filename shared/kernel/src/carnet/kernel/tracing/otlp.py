"""Sending spans to a collector, by OTLP over HTTP: one provider a service, however many share the process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Tracer

SEND_SECONDS: Final = 3.0  # until a batch is given up; a service that stops waits no longer than for its last one
log = structlog.get_logger()

for chatty in ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal"):
    logging.getLogger(chatty).setLevel(logging.CRITICAL)  # a collector that is gone is our one line, not one a batch


@asynccontextmanager
async def sending(context: str, tenant: str, collector: str) -> AsyncIterator[Tracer]:
    """Give a service's tracer, and send its spans for as long as the block runs.

    How many traces are kept (`OTEL_TRACES_SAMPLER`) and what else a collector is told (`OTEL_EXPORTER_OTLP_HEADERS`,
    `OTEL_RESOURCE_ATTRIBUTES`) is said by OpenTelemetry's own variables.
    """
    exporter = Unbothered(OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces", timeout=SEND_SECONDS), collector)
    resource = Resource.create({"service.name": f"carnet-{context}", "service.namespace": tenant})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer("carnet.kernel")
    finally:
        exporter.leaving = True
        await asyncio.to_thread(provider.shutdown)


class Unbothered(SpanExporter):
    """Loses what no collector takes, and says so once: a service works as well without one."""

    def __init__(self, exporter: SpanExporter, collector: str) -> None:
        self.exporter, self.collector = exporter, collector.rpartition("@")[2]  # no line says its password
        self.lost = self.leaving = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self.lost and self.leaving:
            return SpanExportResult.FAILURE  # it would be waited for in vain
        result = self.exporter.export(spans)
        self.tell(lost=result is not SpanExportResult.SUCCESS)
        return result

    def tell(self, *, lost: bool) -> None:
        if lost and not self.lost:
            log.warning("traces are lost: no collector takes them", collector=self.collector)
        if self.lost and not lost:
            log.warning("traces are taken again", collector=self.collector)
        self.lost = lost

    def shutdown(self) -> None:
        self.exporter.shutdown()
