"""What was once written is read for ever, and what consumers are tried with is what producers tell (promise 17)."""

import json
import re
from collections.abc import Iterable
from typing import Any

import jsonschema
import pytest
from contract.samples import PARTS, PRIVATE, PUBLISHED, private_events, published_facts, says_all

from carnet.events import schemas
from carnet.events.catalogue import CATALOGUE, INBOUND
from carnet.events.fact import Fact
from carnet.kernel.codec import readers_of, type_name
from carnet.kernel.service import CONTEXTS

OUTSIDE = {fact.TYPE for fact in INBOUND}
TOLD = {context: published_facts(context) for context in CONTEXTS}
VERSION = re.compile(r"(.+\.v)(\d+)")


def earlier_versions(names: Iterable[str]) -> set[str]:
    """Name the versions before those named."""
    found = [VERSION.fullmatch(name) for name in names]
    return {f"{each[1]}{n}" for each in found if each for n in range(1, int(each[2]))}


def newest(names: Iterable[str]) -> set[str]:
    return set(names) - earlier_versions(names)


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_private_type_has_a_sample_and_every_sample_a_type(context: str) -> None:
    assert set(PRIVATE[context]) == set(PARTS[context].codec.readers)
    assert all(PRIVATE[context].values())


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_private_sample_is_read_and_nothing_is_lost(context: str) -> None:
    codec = PARTS[context].codec
    for name, sample, event in private_events(context):
        written_as, data = codec.encode(event)
        assert codec.decode(written_as, data) == event
        assert written_as != name or says_all(json.loads(data), sample), name


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_earlier_private_version_has_its_upcaster(context: str) -> None:
    readers = PARTS[context].codec.readers
    assert earlier_versions(readers) <= set(readers)
    assert {type_name(type(event)) for _, _, event in private_events(context)} == newest(readers)


def test_every_published_type_has_a_sample_and_every_sample_a_type() -> None:
    assert set(PUBLISHED) == set(CATALOGUE)
    assert all(PUBLISHED.values())


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_sample_is_read_and_nothing_is_lost(name: str) -> None:
    for sample in PUBLISHED[name]:
        jsonschema.validate(sample, schemas.kept()[name])
        assert says_all(json.loads(CATALOGUE[name].model_validate(sample).model_dump_json()), sample)


def test_the_newest_of_a_published_type_reads_the_earlier_ones() -> None:
    for name in newest(CATALOGUE):
        read_by_it = readers_of([CATALOGUE[name]])
        for earlier in earlier_versions([name]):
            assert all(read_by_it[earlier](json.dumps(sample).encode()) for sample in PUBLISHED[earlier])


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - OUTSIDE))
def test_a_published_sample_is_what_its_producer_tells(name: str) -> None:
    told = [json.loads(fact.model_dump_json()) for fact in TOLD[name.split(".")[1]] if name == fact.TYPE]
    for sample in PUBLISHED[name]:
        assert any(says_all(each, sample) for each in told)


@pytest.mark.parametrize("fact", [fact for facts in TOLD.values() for fact in facts], ids=lambda fact: str(fact.TYPE))
def test_what_a_producer_tells_agrees_with_its_schema(fact: Fact) -> None:
    jsonschema.validate(json.loads(fact.model_dump_json()), schemas.kept()[fact.TYPE])


def test_a_context_tells_only_what_is_its_own() -> None:
    assert {(context, fact.TYPE.split(".")[1]) for context, facts in TOLD.items() for fact in facts} == {
        (context, context) for context in CONTEXTS
    }


@pytest.mark.parametrize(
    ("whole", "part", "all_of_it"),
    [
        ({"a": 1, "new": 2}, {"a": 1}, True),
        ({"a": [{"b": 1, "new": 2}]}, {"a": [{"b": 1}]}, True),
        ({"a": 1}, {"a": 1, "gone": 2}, False),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}, False),
        ({"a": "1.50"}, {"a": "1.5"}, False),
    ],
)
def test_what_is_lost_would_be_found(whole: Any, part: Any, all_of_it: bool) -> None:
    assert says_all(whole, part) == all_of_it


def test_versions_that_are_missing_would_be_found() -> None:
    assert earlier_versions(["lit.v3", "dimmed.v1"]) == {"lit.v1", "lit.v2"}
    assert newest(["lit.v1", "lit.v2", "dimmed.v1"]) == {"lit.v2", "dimmed.v1"}
