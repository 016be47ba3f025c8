"""`shared/events/asyncapi.yaml`: topics, messages and who sends and hears what, as AsyncAPI 3.0 for tools."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from carnet.events.catalogue import CATALOGUE, INBOUND, context_topic, topic_of
from carnet.events.envelope import SPECVERSION, Envelope
from carnet.events.fact import Fact
from carnet.events.handbook import prose

Part: TypeAlias = dict[str, Any]
Heard: TypeAlias = Mapping[str, Iterable[type[Fact]]]
"""The facts that each context hears on topics."""

BINDING: Final = "0.5.0"  # of Kafka
INFO: Final = {
    "title": "Carnet",
    "version": "1",
    "description": "The published events of an after-sales suite; docs/events.md says what a consumer may rely on.",
}


def document(heard: Heard) -> Part:
    """Give the whole document; payloads are the checked-in JSON Schemas beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": "application/json",
        "servers": {"bus": {"host": "kafka:9092", "protocol": "kafka", "description": "As the settings name it."}},
        "channels": {topic: channel(topic, facts) for topic, facts in topics().items()},
        "operations": dict(operations(heard)),
        "components": {
            "messages": {name: message(fact) for name, fact in CATALOGUE.items()},
            "schemas": {"envelope": headers(), "inbound": inbound_headers()},
        },
    }


def topics() -> dict[str, list[type[Fact]]]:
    found: dict[str, list[type[Fact]]] = {}
    for fact in CATALOGUE.values():
        found.setdefault(topic_of(fact), []).append(fact)
    return found


def channel(topic: str, facts: Iterable[type[Fact]]) -> Part:
    kept_for_ever = {"cleanup.policy": ["delete"], "retention.ms": -1}
    return {
        "address": topic,
        "messages": {fact.TYPE: ref("components", "messages", fact.TYPE) for fact in facts},
        "bindings": {"kafka": {"topicConfiguration": kept_for_ever, "bindingVersion": BINDING}},
    }


def operations(heard: Heard) -> Iterator[tuple[str, Part]]:
    """Say what each context sends on its topic, and what it hears on each one."""
    for context, facts in heard.items():
        own = context_topic(context)
        yield f"{context}.publishes", operation("send", own, topics()[own])
        for topic, all_of_it in topics().items():
            if wanted := [fact for fact in all_of_it if fact in facts]:
                yield f"{context}.hears.{topic}", operation("receive", topic, wanted)


def operation(action: str, topic: str, facts: Iterable[type[Fact]]) -> Part:
    messages = [ref("channels", topic, "messages", fact.TYPE) for fact in facts]
    return {"action": action, "channel": ref("channels", topic), "messages": messages}


def message(fact: type[Fact]) -> Part:
    inbound = fact in INBOUND
    key = "The sender's id." if inbound else "The stream, which is the event's subject: it keeps the order."
    return {
        "name": fact.TYPE,
        "title": fact.__name__,
        "summary": prose(fact.__doc__),
        "headers": ref("components", "schemas", "inbound" if inbound else "envelope"),
        "payload": {"$ref": f"schemas/{fact.TYPE}.json"},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": BINDING}},
    }


def headers() -> Part:
    """Give the CloudEvents attributes as they travel: text, whatever they are."""
    fields = Envelope.model_json_schema(mode="serialization")["properties"]
    texts = {f"ce_{name}": text(field) for name, field in fields.items() if name != "data"}
    properties = {"ce_specversion": {"type": "string", "const": SPECVERSION}, **texts}
    return {"type": "object", "properties": properties, "required": list(properties)}


def text(field: Part) -> Part:
    if field["type"] == "integer":
        return {"type": "string", "pattern": "^-?[0-9]+$"}
    return {"type": "string", **{key: value for key, value in field.items() if key == "format"}}


def inbound_headers() -> Part:
    """Give what a message from another system needs, and what else is understood."""
    known = ("ce_type", "ce_id", "ce_source", "ce_time", "ce_specversion", "ce_correlationid", "ce_traceparent")
    return {"type": "object", "properties": {name: {"type": "string"} for name in known}, "required": ["ce_type"]}


def ref(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}
