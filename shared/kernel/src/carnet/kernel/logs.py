"""Structured logs: one JSON object a line, with the correlation id of the request and the trace at hand."""

import logging
import sys
from contextvars import ContextVar
from typing import Literal

import structlog
from opentelemetry.trace import format_trace_id, get_current_span
from structlog.types import EventDict, Processor, WrappedLogger

CORRELATION: ContextVar[str] = ContextVar("correlation", default="")

TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # locals hold tokens and names of persons
)
QUIET = ("uvicorn.access", "httpx", "httpcore", "aiokafka", "faststream", "alembic.runtime.plugins")


def configure(form: Literal["json", "console"] = "json", level: str = "info") -> None:
    """Send structlog and the standard library's logging through one chain to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=chain(), processors=rendering(form)))
    root = logging.getLogger()
    root.handlers, root.level = [handler], getattr(logging, level.upper())
    for name in ("uvicorn", "uvicorn.error", *QUIET):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*chain(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


def chain() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        with_correlation,
        with_trace,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def rendering(form: Literal["json", "console"]) -> list[Processor]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == "console":
        return [drop, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [drop, TRACEBACKS, structlog.processors.JSONRenderer(default=str)]


def with_correlation(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if correlation := CORRELATION.get():
        event.setdefault("correlation", correlation)
    return event


def with_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if (context := get_current_span().get_span_context()).is_valid:
        event.setdefault("trace_id", format_trace_id(context.trace_id))
    return event


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Give the logger of one module: `get_logger(__name__)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
