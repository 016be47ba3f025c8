"""Traces: one for a command, from its request over store, relay and bus to what it leads to elsewhere (ADR 19)."""

from carnet.kernel.tracing.spans import PROPAGATOR, SILENT, Tracing, traceparent, tracing_of

__all__ = ["PROPAGATOR", "SILENT", "Tracing", "traceparent", "tracing_of"]
