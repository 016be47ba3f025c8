"""A service's gauges, worked out when Prometheus asks: they grow while nothing moves, whichever process it asks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, get_args

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric

from carnet.kernel import standing
from carnet.kernel.inbox import Reason
from carnet.kernel.runtime import Runtime
from carnet.kernel.trouble import log_failure

PATIENCE: Final = 2.0  # seconds that a scrape waits for the engines
REASONS: Final[tuple[str, ...]] = get_args(Reason)
Question: TypeAlias = Callable[[Runtime], Awaitable[list[Metric]]]
log = structlog.get_logger()


@dataclass
class Gauges:
    """Asks the engines with each scrape: who does not answer in time is left out, and not asked again until he has."""

    runtime: Callable[[], Runtime | None]
    asked: dict[Question, asyncio.Task[list[Metric]]] = field(default_factory=dict)

    async def read(self) -> list[Metric]:
        """Give what is known within `PATIENCE`; nothing before the engines are open."""
        if (runtime := self.runtime()) is None:
            return []
        answers = [self.ask(question, runtime) for question in QUESTIONS]
        await asyncio.wait(answers, timeout=PATIENCE)
        return [gauge for answer in answers if answer.done() for gauge in answer.result()]

    def ask(self, question: Question, runtime: Runtime) -> asyncio.Task[list[Metric]]:
        if question not in self.asked or self.asked[question].done():
            self.asked[question] = asyncio.create_task(answer(question, runtime))
        return self.asked[question]


async def answer(question: Question, runtime: Runtime) -> list[Metric]:
    """Give a question's gauges, none where an engine cannot answer it: an old figure would say that all is well."""
    try:
        return await question(runtime)
    except Exception as error:  # noqa: BLE001  # the other gauges are needed all the more
        log_failure(log, "gauges are missing", error, context=runtime.context.name, of=question.__name__)
        return []


async def of_relay(runtime: Runtime) -> list[Metric]:
    text = "Age of the oldest event that the relay has not passed, 0 where there is none"
    return [GaugeMetricFamily("carnet_relay_lag_seconds", text, await standing.relay_lag(runtime))]


async def of_consumers(runtime: Runtime) -> list[Metric]:
    lags = await standing.lags(runtime)
    ages = await standing.model_ages(runtime, lags)
    text = "Messages of its topics that a consumer has not taken in, and 1 where it is behind its own store"
    lag = labelled("carnet_consumer_lag", text, "consumer", lags)
    text = "Age of the oldest event that a read model has not taken in, 0 where there is none"
    return [lag, labelled("carnet_read_model_age_seconds", text, "model", ages)]


async def of_held(runtime: Runtime) -> list[Metric]:
    held, overdue, parked = await runtime.query(
        lambda session: (standing.held_back(session), standing.overdue(session), standing.parked(session))
    )
    nothing = {consumer.name: 0 for consumer in runtime.consumers}
    text = "Events that have waited for their facts for over an hour"
    return [
        counts_of(held, nothing),
        oldest_of(held),
        labelled("carnet_consumer_overdue", text, "consumer", {**nothing, **overdue}),
        GaugeMetricFamily("carnet_parked", "Incidents that healed by themselves and were noted", parked),
    ]


def counts_of(held: list[standing.HeldBack], nothing: Mapping[str, int]) -> Metric:
    gauge = GaugeMetricFamily("carnet_held", "Events that a consumer holds back", labels=["consumer", "reason"])
    counts = {(consumer, reason): 0 for consumer in nothing for reason in REASONS}
    for labels, count in (counts | {(each.consumer, each.reason): each.count for each in held}).items():
        gauge.add_metric(labels, count)
    return gauge


def oldest_of(held: list[standing.HeldBack]) -> Metric:
    ages = {reason: [standing.age(each.since) for each in held if each.reason == reason] for reason in REASONS}
    text = "How long the first of the events held back has been so, 0 where there is none"
    oldest = {reason: max(of_reason, default=0.0) for reason, of_reason in ages.items()}
    return labelled("carnet_held_oldest_seconds", text, "reason", oldest)


def labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    gauge = GaugeMetricFamily(name, text, labels=[label])
    for of, value in values.items():
        gauge.add_metric([of], value)
    return gauge


QUESTIONS: Final[tuple[Question, ...]] = (of_relay, of_consumers, of_held)
