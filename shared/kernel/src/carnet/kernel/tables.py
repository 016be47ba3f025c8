"""The kernel's own tables in a context's database: where each consumer is, and what it holds back."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from carnet.kernel.columns import instant, large


class Checkpoint(SQLModel, table=True):
    """How far a consumer is in the own store."""

    __tablename__ = "carnet_checkpoint"
    consumer: str = Field(primary_key=True)
    position: int = large()


class Seen(SQLModel, table=True):
    """The inbox: the last revision of a stream that a consumer is done with (promise 5).

    The stream comes first in the key: a page asks for hundreds of one consumer, and PostgreSQL, which may know nothing
    of the table yet, would read all that this consumer has.
    """

    __tablename__ = "carnet_inbox"
    stream: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    consumer: str = Field(primary_key=True)
    revision: int


class Followed(SQLModel, table=True):
    """Which source of a topic (its producer's incarnation) a consumer hears, and behind which of its positions."""

    __tablename__ = "carnet_followed"
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    source: str
    begins: int = large()


class Held(SQLModel, table=True):
    """A notice that a consumer holds back, with all later ones of its stream behind it.

    `reason`: gap (an earlier one is missing), waiting (its facts have not come), dead (it fails), behind.
    """

    __tablename__ = "carnet_held"
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    reason: str
    note: str = ""
    since: datetime = instant()
    tries: int = 0
    notice: bytes


class Skipped(SQLModel, table=True):
    """A dead letter that a person has passed over: a rebuild and `verify` pass it over too."""

    __tablename__ = "carnet_skipped"
    consumer: str = Field(primary_key=True)
    topic: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    event: str = Field(primary_key=True)  # its id: after a restore another one may stand at the same place


class Incident(SQLModel, table=True):
    """Something that healed without a person, but that a person should know of."""

    __tablename__ = "carnet_incident"
    id: int | None = Field(default=None, primary_key=True)
    consumer: str
    stream: str
    note: str
    at: datetime = instant()


class RelayCursor(SQLModel, table=True):
    """How far the relay has published which incarnation of the own store, and where the topic, in which epoch, was."""

    __tablename__ = "carnet_relay"
    context: str = Field(primary_key=True)
    position: int | None = large(default=None)
    source: str = ""
    topic_end: int = large(default=0)
    epoch: str = ""


class RelayedStream(SQLModel, table=True):
    """The last published revision of a stream."""

    __tablename__ = "carnet_relayed_stream"
    stream: str = Field(primary_key=True)
    revision: int


class Model(SQLModel, table=True):
    """A read model as it stands: the hash of its schema and how often it was built."""

    __tablename__ = "carnet_read_model"
    name: str = Field(primary_key=True)
    schema_hash: str
    generation: int
