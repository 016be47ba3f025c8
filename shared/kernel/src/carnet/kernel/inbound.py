"""Facts from other systems on `carnet.inbound.…`: they know nothing of streams and revisions, only their own id.

A message needs the header `ce_type` and a JSON body with the sender's `id`. The same body again is a repeat; another
body under the same id is another word of the sender, and what it means is the domain's matter.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from carnet.events.fact import Fact
from carnet.kernel.bus.port import Delivery, Message

PREFIX = "carnet.inbound."


def is_inbound(topic: str) -> bool:
    return topic.startswith(PREFIX)


def message(fact: Fact, source: str, correlation: str = "") -> Message:
    """Wrap an inbound fact for its topic, as another system would send it."""
    sender_id = str(fact.model_dump()["id"])
    headers = {"ce_specversion": "1.0", "ce_type": fact.TYPE, "ce_id": sender_id, "ce_source": source}
    return Message(sender_id, fact.model_dump_json().encode(), headers | {"ce_correlationid": correlation})


def attributes(delivery: Delivery) -> Mapping[str, object]:
    """Give the envelope's attributes that such a message lacks; raises ValueError for what is no fact of ours."""
    headers, value = delivery.message.headers, delivery.message.value
    body = json.loads(value)
    if "ce_type" not in headers or not isinstance(body, dict) or "id" not in body:
        raise ValueError("An inbound message has the header ce_type and a body with the sender's id.")
    return {
        "stream": f"{headers['ce_type']}-{body['id']}-{sha256(value).hexdigest()[:16]}",
        "type": headers["ce_type"],
        "id": str(body["id"]),
        "source": headers.get("ce_source", ""),
        "at": datetime.fromisoformat(headers["ce_time"]) if "ce_time" in headers else datetime.now(UTC),
        "correlation": headers.get("ce_correlationid", ""),
        "traceparent": headers.get("ce_traceparent", ""),
    }
