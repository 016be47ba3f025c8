"""Which channel parties chose."""

from collections.abc import Iterator, Sequence

from sqlmodel import Field, Session, SQLModel, col, select

from carnet.kernel.notice import Heard
from carnet.kernel.projection import ReadModel
from carnet.kernel.rows import Change, Put
from carnet.notifications.domain.preference import ChannelChosen


class PreferenceRow(SQLModel, table=True):
    __tablename__ = "notifications_preference"
    party_id: str = Field(primary_key=True)
    channel: str = ""


def changes(heard: Heard[ChannelChosen]) -> Iterator[Change]:
    yield Put(PreferenceRow, {"party_id": heard.fact.party_id}, {"channel": heard.fact.channel})


def after(session: Session, party_id: str, limit: int) -> Sequence[PreferenceRow]:
    """Give choices by party, past `party_id`."""
    query = select(PreferenceRow).where(col(PreferenceRow.party_id) > party_id)
    return session.exec(query.order_by(col(PreferenceRow.party_id)).limit(limit)).all()


preferences = ReadModel("notifications.preferences", (PreferenceRow,), (ChannelChosen,), changes)
