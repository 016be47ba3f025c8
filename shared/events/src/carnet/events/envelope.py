"""The envelope of a published event: CloudEvents 1.0, with what ordering and gap detection need.

On the bus it travels in binary mode: attributes as `ce_…` headers, the data as the body, so that a
consumer can skip or recognise a repeat without reading the body. The feed serves the structured form.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

SPECVERSION = "1.0"
INSTANT = TypeAdapter(datetime)


class Envelope(BaseModel):
    """One published event.

    `source` is /carnet/<tenant>/<context>/<incarnation>; `subject` the stream and the key; `revision` the
    event's place in the stream and `prev_revision` the place of the stream's last published event (-1:
    none); `position` the place in the producer's store, opaque; `data` the JSON of a `Fact`.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    revision: int
    prev_revision: int = Field(alias="prevrevision")  # CloudEvents allows only letters and digits (ADR 7)
    position: int
    correlationid: str
    causationid: str
    traceparent: str = ""
    data: bytes

    def headers(self) -> dict[str, str]:
        """Give the attributes as CloudEvents headers for the bus, all strings."""
        attributes = self.model_dump(mode="json", by_alias=True, exclude={"data"})
        return {"ce_specversion": SPECVERSION} | {f"ce_{name}": str(value) for name, value in attributes.items()}

    @classmethod
    def from_message(cls, headers: Mapping[str, str], data: bytes) -> "Envelope":
        """Read a bus message back; raises pydantic's ValidationError for what is no event of ours."""
        attributes = {name.removeprefix("ce_"): value for name, value in headers.items()}
        return cls.model_validate(attributes | {"data": data})

    def structured(self) -> dict[str, Any]:
        """Give the structured JSON form, as the feed serves it."""
        attributes = self.model_dump(mode="json", by_alias=True, exclude={"data"})
        return (
            {"specversion": SPECVERSION, "datacontenttype": "application/json"}
            | attributes
            | {"data": TypeAdapter(Any).validate_json(self.data)}
        )
