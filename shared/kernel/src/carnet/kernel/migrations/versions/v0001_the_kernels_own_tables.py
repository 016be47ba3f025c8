"""The kernel's own tables as they are first shipped."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")  # sorted by bytes, as SQLite does
WHOLE = sa.BigInteger()


def upgrade() -> None:
    """Make them all."""
    owner()
    what_consumers_keep()
    what_persons_decided_or_should_know()
    what_the_relay_keeps()
    op.create_table(
        "carnet_lease", key("name"), column("holder"), column("token", WHOLE), column("expires_at", sa.Float())
    )
    op.create_table("carnet_document", key("digest"), column("content", sa.LargeBinary()))


def owner() -> None:
    op.create_table("carnet_owner", key("tenant"), key("context"))


def what_consumers_keep() -> None:
    op.create_table("carnet_checkpoint", key("consumer"), column("position", WHOLE))
    op.create_table("carnet_inbox", key("stream"), key("topic"), key("consumer"), column("revision", WHOLE))
    op.create_table("carnet_followed", key("consumer"), key("topic"), column("source"), column("begins", WHOLE))
    op.create_table("carnet_held", *notice_key(), *why_held(), column("notice", sa.LargeBinary()))
    op.create_table("carnet_read_model", key("name"), column("schema_hash"), column("generation", WHOLE))


def why_held() -> tuple[sa.Column[Any], ...]:
    return column("reason"), column("note"), column("since"), column("tries", WHOLE)


def what_persons_decided_or_should_know() -> None:
    op.create_table("carnet_skipped", *notice_key(), key("event"))
    number = sa.Column("id", sa.Integer(), primary_key=True)
    what = column("consumer"), column("stream"), column("note"), column("at")
    op.create_table("carnet_incident", number, *what)


def what_the_relay_keeps() -> None:
    where = column("source"), column("topic_end", WHOLE), column("epoch")
    op.create_table("carnet_relay", key("context"), column("position", WHOLE, null=True), *where)
    op.create_table("carnet_relayed_stream", key("stream"), column("revision", WHOLE))


def notice_key() -> tuple[sa.Column[Any], ...]:
    return key("consumer"), key("topic"), key("stream"), key("revision", WHOLE)


def key(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def column(name: str, kind: sa.types.TypeEngine[Any] = TEXT, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)
