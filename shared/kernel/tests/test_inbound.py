"""Facts from other systems: the sender's id and body are all that tells a repeat."""

from datetime import UTC, datetime

import pytest

from carnet.events.inbound import Absence
from carnet.kernel.bus.port import Delivery, Message
from carnet.kernel.inbound import message
from carnet.kernel.notice import from_bus

NIGHT = datetime(2026, 6, 8, tzinfo=UTC)
AWAY = Absence(id="77", technician_number="T1", kind="military_service", starts_at=NIGHT, ends_at=NIGHT.replace(day=27))
LONGER = AWAY.model_copy(update={"ends_at": NIGHT.replace(day=28)})


def delivered(told: Message) -> Delivery:
    return Delivery(Absence.TOPIC, told)


def test_the_same_word_again_is_a_repeat_and_another_is_not() -> None:
    first, again, other = (from_bus(delivered(message(each, "/hr"))) for each in (AWAY, AWAY, LONGER))
    assert first.stream == again.stream != other.stream
    assert (first.revision, first.prev_revision) == (0, -1)
    assert Absence.model_validate_json(first.data) == AWAY


def test_a_plain_message_of_another_system_is_enough() -> None:
    headers = {"ce_type": Absence.TYPE, "ce_time": "2026-06-08T00:00:00Z"}
    notice = from_bus(delivered(Message("77", AWAY.model_dump_json().encode(), headers)))
    assert (notice.type, notice.at) == (Absence.TYPE, NIGHT)


@pytest.mark.parametrize("told", [Message("77", b"{}", {"ce_type": Absence.TYPE}), Message("77", b"not json", {})])
def test_what_names_no_id_or_type_is_no_fact(told: Message) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own, or ours
        from_bus(delivered(told))
