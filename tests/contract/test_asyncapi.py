"""The AsyncAPI document is what models and services say, and what AsyncAPI 3.0 allows."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from carnet.events.catalogue import CATALOGUE, INBOUND
from carnet.events.inbound import Absence
from carnet.events.objects import TaskDone
from carnet.kernel import inbound
from carnet.kernel.service import CONTEXTS
from carnet.kernel.trial import published
from carnet.runner import language

OFFICIAL = Path(__file__).parents[2] / "node_modules/@asyncapi/specs/schemas/3.0.0.json"
DOCUMENT: dict[str, Any] = yaml.safe_load(language.ASYNCAPI.read_text())


def official() -> jsonschema.Draft7Validator:
    if not OFFICIAL.exists():
        pytest.skip("AsyncAPI's own schema is not installed; `make setup` brings it")
    return jsonschema.Draft7Validator(json.loads(OFFICIAL.read_text()))


def refs(part: Any) -> list[str]:
    """Give the targets of all references in a document."""
    if isinstance(part, list):
        return [ref for each in part for ref in refs(each)]
    if not isinstance(part, dict):
        return []
    return [part["$ref"]] if "$ref" in part else refs(list(part.values()))


def found(ref: str) -> Any:
    """Give what a reference leads to, within the document or in a file beside it."""
    if not ref.startswith("#/"):
        return json.loads((language.ASYNCAPI.parent / ref).read_text())
    part: Any = DOCUMENT
    for step in ref.removeprefix("#/").split("/"):
        part = part[step]
    return part


def test_it_is_checked_in_as_models_and_services_say() -> None:
    assert language.ASYNCAPI.read_text() == language.described()


def test_it_is_asyncapi() -> None:
    assert list(official().iter_errors(DOCUMENT)) == []


@pytest.mark.parametrize(("where", "what"), [("operations", "action"), ("channels", "addresss"), ("servers", "host")])
def test_what_is_not_asyncapi_would_be_found(where: str, what: str) -> None:
    wrong = copy.deepcopy(DOCUMENT)
    next(iter(wrong[where].values()))[what] = {"not": "so"}
    assert list(official().iter_errors(wrong)) != []


def test_every_reference_leads_somewhere() -> None:
    assert all(found(ref) for ref in refs(DOCUMENT))


def test_every_fact_is_a_message_on_its_topic() -> None:
    told = [name for channel in DOCUMENT["channels"].values() for name in channel["messages"]]
    assert sorted(told) == sorted(DOCUMENT["components"]["messages"]) == sorted(CATALOGUE)


def test_every_context_sends_and_hears() -> None:
    told = {(name.split(".")[0], operation["action"]) for name, operation in DOCUMENT["operations"].items()}
    assert told == {(context, action) for context in CONTEXTS for action in ("send", "receive")}


def test_every_fact_from_outside_is_heard_by_somebody() -> None:
    hears = [refs(each["messages"]) for each in DOCUMENT["operations"].values() if each["action"] == "receive"]
    heard = {ref.rsplit("/", 1)[1] for messages in hears for ref in messages}
    assert {fact.TYPE for fact in INBOUND} <= heard


def test_a_message_has_the_headers_that_are_told() -> None:
    fact = TaskDone.model_validate({"task_id": "t", "object_id": "o", "done_on": "2026-06-01"})
    headers = published("task-t", 1, 0, fact).headers()
    jsonschema.validate(headers, DOCUMENT["components"]["schemas"]["envelope"])
    assert headers.keys() == DOCUMENT["components"]["schemas"]["envelope"]["properties"].keys()


def test_a_message_from_outside_has_headers_that_are_told() -> None:
    away = {"id": "a", "technician_number": "T-1", "kind": "training"}
    hours = {"starts_at": "2026-06-01T08:00:00Z", "ends_at": "2026-06-01T10:00:00Z"}
    headers = inbound.message(Absence.model_validate(away | hours), "/hr").headers
    jsonschema.validate(headers, DOCUMENT["components"]["schemas"]["inbound"])
    assert headers.keys() <= DOCUMENT["components"]["schemas"]["inbound"]["properties"].keys()
