"""What passes a schema poisons no consumer: neither what producers tell, nor what anybody could.

`CARNET_EXAMPLES=200` tries more of each fact, and others each time.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema
import pytest
from contract.generated import facts
from contract.listening import Listeners, listening
from contract.samples import PUBLISHED
from hypothesis import HealthCheck, given, settings

from carnet.events import schemas
from carnet.events.catalogue import CATALOGUE
from carnet.events.dispatch import OrderCreated
from carnet.events.fact import Fact
from carnet.events.objects import SiteRegistered, TaskRaised
from carnet.kernel.notice import Heard
from carnet.kernel.reaction import Reaction, Reactor
from carnet.kernel.service import CONTEXTS

EXAMPLES = int(os.environ.get("CARNET_EXAMPLES", "0"))


class Told:
    """Five services that are told one fact after another."""

    def __init__(self, runner: asyncio.Runner, listeners: Listeners) -> None:
        self.runner, self.listeners = runner, listeners

    def tell(self, fact: Fact) -> None:
        self.runner.run(self.listeners.tell(fact))


@pytest.fixture(scope="module")
def services() -> Iterator[Told]:
    """Run the five services; they have been told the samples twice, so that little is awaited any more."""
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        running = listening(Path(folder))
        told = Told(runner, runner.run(running.__aenter__()))
        for name, samples in (*PUBLISHED.items(), *PUBLISHED.items()):
            for sample in samples:
                told.tell(CATALOGUE[name].model_validate(sample))
        yield told
        runner.run(running.__aexit__(None, None, None))


def test_every_reaction_is_carried_out_for_some_sample(services: Told) -> None:
    runtimes = services.listeners.runtimes.values()
    reacting = {each.name for runtime in runtimes for each in runtime.reactors if each.topics}
    assert {name for name, ending in services.listeners.endings if ending == "done"} >= reacting


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_private_sample_is_brought_into_the_read_models(services: Told, context: str) -> None:
    services.runner.run(services.listeners.keep(context))


@pytest.mark.parametrize("fact", CATALOGUE.values(), ids=list(CATALOGUE))
def test_what_a_model_allows_agrees_with_its_schema_and_poisons_nobody(services: Told, fact: type[Fact]) -> None:
    validator = jsonschema.Draft202012Validator(schemas.kept()[fact.TYPE])

    @settings(
        max_examples=EXAMPLES or 10,
        derandomize=not EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(facts(fact))
    def generated(told: Fact) -> None:
        sent = told.model_dump_json()
        validator.validate(json.loads(sent))
        assert fact.model_validate_json(sent) == told
        services.tell(told)

    generated()


def test_an_order_for_a_site_falls_under_no_contract(services: Told) -> None:
    site_id = PUBLISHED[SiteRegistered.TYPE][0]["site_id"]
    order = OrderCreated.model_validate(PUBLISHED[OrderCreated.TYPE][0])
    told = {"order_id": "for-a-site", "object_id": site_id, "order_type": "fault", "contract_id": None}
    before = services.listeners.endings["contracts: an order uses its visit", "done"]
    services.tell(order.model_copy(update=told))
    assert services.listeners.endings["contracts: an order uses its visit", "done"] == before + 1


def test_a_consumer_that_chokes_is_found(services: Told) -> None:
    async def choke(heard: Heard[TaskRaised]) -> None:
        raise ZeroDivisionError(heard.fact.text)

    runtime = services.listeners.runtimes["dispatch"]
    choking = Reactor("dispatch", Reaction("a task is choked on", {TaskRaised: choke}), runtime.around)
    runtime.reactors = (*runtime.reactors, choking)
    with pytest.raises(ZeroDivisionError):
        services.tell(TaskRaised.model_validate(PUBLISHED[TaskRaised.TYPE][0]))
    runtime.reactors = runtime.reactors[:-1]
