"""Traces in memory: what one command leads to, in both contexts and over both buses, is one trace (ADR 19)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from engines.kafka import Kafka
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, get_current_span, use_span
from toy import Lit, lamps, notebook, toys

from carnet.events.objects import TaskRaised
from carnet.kernel.because import Because
from carnet.kernel.bus.port import BusUnavailable, Message
from carnet.kernel.logs import configure
from carnet.kernel.notice import Heard, Notice
from carnet.kernel.reaction import NotYet
from carnet.kernel.store.memory import MemoryEventStore
from carnet.kernel.store.port import WrongRevision
from carnet.kernel.streams import Stream
from carnet.kernel.tracing import Tracing, otlp, spans
from carnet.kernel.tracing.otlp import Unbothered
from carnet.kernel.tracing.ports import TracedBus, TracedStore
from carnet.kernel.trial import Trial, trial

Tree: TypeAlias = dict[str, Any]
COLLECTOR: dict[str, Any] = {"otlp": "http://127.0.0.1:9"}  # where nobody listens; what would be sent stays in memory
TRACE = "0af7651916cd43dd8448eb211c80319c"
SAMPLED, UNSAMPLED = (f"00-{TRACE}-b7ad6b7169203331-{flags}" for flags in ("01", "00"))


class Sent:
    """All spans of all services, each of which has an exporter of its own; complete once they have stopped."""

    def __init__(self) -> None:
        self.exporters: list[InMemorySpanExporter] = []

    def exporter(self, *_: Any, **__: Any) -> SpanExporter:
        self.exporters.append(InMemorySpanExporter())
        return self.exporters[-1]

    @property
    def spans(self) -> list[ReadableSpan]:
        return [span for exporter in self.exporters for span in exporter.get_finished_spans()]

    def named(self, beginning: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name.startswith(beginning)]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    everything = Sent()
    monkeypatch.setattr(otlp, "OTLPSpanExporter", everything.exporter)
    return everything


def tree(spans: Sequence[ReadableSpan], above: int | None = None) -> Tree:
    """Give spans as "service: name", each with what hangs below it."""
    below = [span for span in spans if (span.parent.span_id if span.parent else None) == above]
    return {f"{service(span)}: {span.name}": tree(spans, span.context.span_id) for span in below}


def service(span: ReadableSpan) -> str:
    return str(span.resource.attributes["service.name"]).removeprefix("carnet-")


ONE_TRACE: Tree = {
    "objects: POST /lamps": {
        "objects: append": {
            "objects: project objects.lamps": {},
            "objects: publish carnet.objects.v1": {
                "dispatch: project dispatch.tasks": {},
                "dispatch: react a lamp is noted": {"dispatch: append": {}},
            },
        }
    }
}


async def light(suite: Trial, watts: int = 40, **headers: str) -> str:
    answer = await suite.post("/objects/lamps", {"watts": watts}, headers=headers)
    assert answer.status_code == 201, answer.text
    await suite.settle()
    return str(answer.json()["id"])


@pytest.mark.parametrize("bus", ["embedded", "kafka"])
async def test_a_command_and_what_it_leads_to_in_another_context_are_one_trace(
    tmp_path: Path, sent: Sent, bus: str, request: pytest.FixtureRequest
) -> None:
    more = dict(COLLECTOR)
    if bus == "kafka":
        kafka: Kafka = request.getfixturevalue("kafka_server")
        await kafka.clean()
        more["bus"] = kafka.uri
    async with trial(**toys(tmp_path, **more)) as suite:
        await light(suite)
    assert tree(sent.spans) == ONE_TRACE
    assert len({span.context.trace_id for span in sent.spans}) == 1
    kinds = {span.name.split()[0]: span.kind for span in sent.spans}
    assert kinds == {
        "POST": SpanKind.SERVER,
        "append": SpanKind.INTERNAL,
        "publish": SpanKind.PRODUCER,
        "project": SpanKind.CONSUMER,
        "react": SpanKind.CONSUMER,
    }


async def test_a_span_says_what_it_is_about_and_nothing_that_was_looked_for(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        lamp = await light(suite)
        source = suite.runtime("objects").publication.source
        await suite.get(f"/objects/lamps/{lamp}?name=Favre")
    (react,), (get,) = sent.named("react"), sent.named("GET")
    assert react.attributes is not None
    assert react.attributes["cloudevents.event_source"] == source
    assert react.attributes["cloudevents.event_subject"] == f"lamp-{lamp}"
    assert react.attributes["cloudevents.event_type"] == "carnet.objects.TaskRaised.v1"
    assert (get.name, get.attributes) == (
        "GET /lamps/{lamp}",
        {
            "http.request.method": "GET",
            "http.route": "/lamps/{lamp}",
            "http.response.status_code": 200,
            "url.path": f"/objects/lamps/{lamp}",
            "url.scheme": "http",
        },
    )


async def test_what_machines_ask_again_and_again_is_no_trace(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        for path in ("/objects/health/live", "/objects/health/ready", "/dispatch/metrics"):
            assert (await suite.get(path)).status_code == 200
    assert sent.spans == []


async def test_a_request_that_breaks_is_a_span_that_failed(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        suite.front.services["objects"].state.runtime = lambda: 1 / 0
        assert (await suite.post("/objects/lamps", {"watts": 1})).status_code == 500
        assert (await suite.post("/dispatch/lamps", {"watts": 1})).status_code == 404
    failed = {span.name: not span.status.is_ok for span in sent.spans}
    assert failed == {"POST /lamps": True, "POST unmatched": False}


async def test_the_callers_trace_goes_on(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        await light(suite, traceparent=SAMPLED)
    assert tree(sent.spans, int("b7ad6b7169203331", 16)) == ONE_TRACE
    assert {f"{span.context.trace_id:x}" for span in sent.spans} == {TRACE.lstrip("0")}


async def test_what_a_request_began_goes_on_in_its_trace_and_a_chore_begins_one(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        here = suite.runtime("objects")

        async def work(lamp: str) -> None:
            await here.handle(lamps, lamp, Lit(lamp=lamp, watts=1), Because("test", "test"))

        request = use_span(get_current_span(spans.PROPAGATOR.extract({"traceparent": SAMPLED})))
        with request:
            task = here.background(work("began"))
        await task
        await work("chore")
    here_appended = [span for span in sent.named("append") if service(span) == "objects"]
    began, chore = sorted(here_appended, key=lambda span: span.parent is None)
    assert (f"{began.context.trace_id:032x}", chore.parent) == (TRACE, None)


async def test_a_trace_that_is_not_kept_is_kept_nowhere(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        lamp = await light(suite, traceparent=UNSAMPLED)
        (noted,) = await suite.runtime("dispatch").engines.store.read(notebook.stream(lamp))
    assert sent.spans == []
    assert noted.metadata["traceparent"].split("-")[1::2] == [TRACE, "00"]


async def test_without_a_collector_the_callers_trace_passes_through_unchanged(tmp_path: Path) -> None:
    async with trial(**toys(tmp_path)) as suite:
        lamp = await light(suite, traceparent=SAMPLED)
        none = await light(suite)
        there = suite.runtime("dispatch").engines.store
        (lit,) = await suite.runtime("objects").engines.store.read(lamps.stream(lamp))
        (noted,), (other,) = await there.read(notebook.stream(lamp)), await there.read(notebook.stream(none))
    assert lit.metadata["traceparent"] == noted.metadata["traceparent"] == SAMPLED
    assert "traceparent" not in other.metadata


async def test_a_reaction_that_waits_leaves_one_span_when_it_is_done(tmp_path: Path, sent: Sent) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        lamp = await light(suite, 13)
        here = suite.runtime("objects")
        await here.handle(lamps, "permit", Lit(lamp="permit", watts=1), Because("test", "test"))
        await suite.settle()
        while (await suite.get("/dispatch/ops/waiting")).json():
            await suite.settle()
    of_lamp = [span for span in sent.named("react") if about(span) == f"lamp-{lamp}"]
    assert len(of_lamp) == 1
    assert tree(sent.spans, of_lamp[0].context.span_id) == {"dispatch: append": {}}


async def test_a_reaction_that_is_dead_is_a_span_that_failed_and_its_log_names_the_trace(
    tmp_path: Path, sent: Sent, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        (reactor,) = suite.runtime("dispatch").reactors
        reacts: Any = reactor.reaction.reacts
        reacts[TaskRaised] = failing
        await light(suite, traceparent=SAMPLED)
        assert len((await suite.get("/dispatch/ops/dead-letters")).json()) == 1
    (react,) = sent.named("react")
    assert (react.status.is_ok, react.status.description) == (False, "ValueError: a lamp too many")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["trace_id"] for line in lines if line["event"] == "reaction failed"] == [TRACE] * 3


async def test_what_a_read_model_cannot_take_is_a_span_that_failed_and_its_log_names_the_trace(
    tmp_path: Path, sent: Sent, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        await light(suite, -2, traceparent=SAMPLED)
    (project,) = sent.named("project dispatch.tasks")
    assert (project.status.is_ok, project.status.description) == (False, "poison")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    letters = {line["consumer"]: line["trace_id"] for line in lines if line["event"] == "dead letter"}
    assert letters == {"objects.lamps": TRACE, "dispatch.tasks": TRACE}


async def failing(_: Heard[TaskRaised]) -> None:
    raise ValueError("a lamp too many")


def about(span: ReadableSpan) -> Any:
    return (span.attributes or {})["cloudevents.event_subject"]


async def test_neither_a_rebuild_nor_history_that_is_told_again_makes_spans(
    tmp_path: Path, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trial(**toys(tmp_path, **COLLECTOR)) as suite:
        await light(suite)
        assert (await suite.post("/dispatch/ops/rebuild/dispatch.tasks")).is_success
        await suite.settle()
        monkeypatch.setattr(spans, "FOLLOWED", -1.0)  # as if an hour had gone
        assert (await suite.post("/objects/ops/relay/republish")).is_success
        await suite.settle()
    assert len(sent.named("project dispatch.tasks")) == len(sent.named("publish")) == len(sent.named("react")) == 1


@pytest.mark.parametrize(
    ("traceparent", "age", "goes_on"),
    [
        (SAMPLED, timedelta(minutes=59), True),
        (SAMPLED, timedelta(minutes=61), False),
        ("", timedelta(), False),
        ("rubbish", timedelta(), False),
        (f"00-{'0' * 32}-b7ad6b7169203331-01", timedelta(), False),
    ],
)
def test_an_events_trace_goes_on_for_an_hour(traceparent: str, age: timedelta, goes_on: bool) -> None:
    assert (spans.place(traceparent, datetime.now(UTC) - age) is not None) is goes_on


def test_a_sender_who_names_no_zone_stops_nobody() -> None:
    assert spans.place(SAMPLED, datetime(2020, 1, 1)) is None  # noqa: DTZ001  # as a foreign system may write it


@pytest.fixture
def memory() -> tuple[Tracing, InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider.get_tracer("test")), exporter


async def test_an_append_that_fails_is_a_span_that_failed(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    store: Any = TracedStore(MemoryEventStore(), tracing.tracer)
    lamp = Stream(store, lamps, "lamp-a")
    await lamp.handle(Lit(lamp="a", watts=1), Because("test", "c", traceparent=UNSAMPLED))
    with pytest.raises(WrongRevision):
        await lamp.append(True, [Lit(lamp="a", watts=1)], Because("test", "c"), 7)
    first, second = exporter.get_finished_spans()
    assert (first.status.is_ok, second.status.is_ok) == (True, False)
    (lit,) = await store.read("lamp-a")
    assert lit.metadata["traceparent"].split("-")[2] == f"{first.context.span_id:016x}"


class Gone:
    """A bus that is not there."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        raise BusUnavailable("gone")


async def test_what_the_bus_does_not_keep_is_a_span_that_failed(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    bus: Any = Gone()
    headers = {"ce_traceparent": SAMPLED, "ce_time": datetime.now(UTC).isoformat()}
    with pytest.raises(BusUnavailable):
        await TracedBus(bus, tracing.tracer).publish("t", [Message("k", b"", headers), Message("k", b"")])
    (span,) = exporter.get_finished_spans()
    assert (span.name, span.status.is_ok, span.status.description) == ("publish t", False, "BusUnavailable")


class Kept:
    """A bus that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, topic: str, messages: Sequence[Message]) -> int:
        self.messages.extend(messages)
        return len(self.messages)


async def test_what_one_append_said_is_one_span_however_many_messages_it_takes(
    memory: tuple[Tracing, InMemorySpanExporter],
) -> None:
    tracing, exporter = memory
    kept: Any = Kept()
    now, other = datetime.now(UTC).isoformat(), SAMPLED.replace("b7ad6b7169203331", "b7ad6b7169203332")
    headers = [{"ce_traceparent": append, "ce_time": now} for append in (SAMPLED, SAMPLED, other)]
    await TracedBus(kept, tracing.tracer).publish("t", [Message("k", b"", each) for each in headers])
    spans = {f"{span.context.span_id:016x}": span for span in exporter.get_finished_spans()}
    below = [message.headers["ce_traceparent"].split("-")[2] for message in kept.messages]
    assert (len(spans), below[0], set(below)) == (2, below[1], set(spans))
    parents = [span.parent.span_id for each in below if (span := spans[each]).parent]
    assert [f"{parent:016x}" for parent in parents] == [append.split("-")[2] for append in (SAMPLED, SAMPLED, other)]


async def test_what_a_request_passes_on_hangs_below_the_request(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    kept: Any = Kept()
    with tracing.tracer.start_as_current_span("request"):
        await TracedBus(kept, tracing.tracer).publish("t", [Message("k", b"")])
    publish, request = exporter.get_finished_spans()
    assert publish.parent == request.context
    assert kept.messages[0].headers["ce_traceparent"].split("-")[2] == f"{publish.context.span_id:016x}"


def test_a_page_is_one_span_for_each_append(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    page = [heard_of("lamp-a", 0), heard_of("lamp-z", 0), heard_of("lamp-b", 0, UNSAMPLED), heard_of("lamp-c", 0, "")]
    with tracing.projecting("objects.lamps", page):
        pass
    with pytest.raises(ValueError, match="poison"), tracing.projecting("objects.lamps", page):
        raise ValueError("poison")
    (span,) = exporter.get_finished_spans()
    assert (span.name, about(span)) == ("project objects.lamps", "lamp-a")


def heard_of(stream: str, revision: int, traceparent: str = SAMPLED) -> Heard[Any]:
    at, source = datetime.now(UTC), "/carnet/t/objects/1"
    notice = Notice("", stream, revision, revision - 1, revision, "lit.v1", b"", source, at, "c", "id", traceparent)
    return Heard(Lit(lamp=stream, watts=1), notice)


async def test_a_reaction_that_fails_is_a_span_that_failed(memory: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = memory
    with pytest.raises(ZeroDivisionError), tracing.following("react", heard_of("lamp-a", 0).notice, NotYet):
        raise ZeroDivisionError
    (span,) = exporter.get_finished_spans()
    assert (span.status.is_ok, [event.name for event in span.events]) == (False, ["exception"])


async def test_a_log_line_names_its_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    async with trial(**toys(tmp_path)) as suite:
        suite.front.services["objects"].state.runtime = lambda: 1 / 0
        await suite.post("/objects/lamps", {"watts": 1}, headers={"traceparent": SAMPLED})
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["trace_id"]) == ("unhandled", TRACE)


class Collector(SpanExporter):
    """One that takes what it is given as it is told to."""

    def __init__(self) -> None:
        self.answers = [True, False, False, True, False]
        self.asked = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked += 1
        return SpanExportResult.SUCCESS if self.answers[self.asked - 1] else SpanExportResult.FAILURE


def test_a_collector_that_is_gone_is_one_line_and_is_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    collector = Collector()
    exporter = Unbothered(collector, "http://carnet:secret@collector:4318")
    for _ in collector.answers:
        exporter.export([])
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    lost, again = "traces are lost: no collector takes them", "traces are taken again"
    assert [line["event"] for line in said] == [lost, again, lost]
    assert {line["collector"] for line in said} == {"collector:4318"}  # without its password
    exporter.leaving = True
    exporter.export([])
    assert collector.asked == len(collector.answers)
