"""A technician reports a day's work on an order once; its hours and parts are counted once, corrections included."""

from collections.abc import Iterable, Iterator

from carnet.dispatch.domain.order_events import HoursRecorded, PartsConsumed, Report
from carnet.dispatch.domain.work import change, hours, pieces
from carnet.kernel.sentence import Sentence


def objection_to(new: Report, reports: Iterable[Report]) -> str | None:
    """Say why a report cannot be added: more than one a technician and day would be billed twice."""
    for old in reports:
        same_day = (old.technician_id, old.service_date) == (new.technician_id, new.service_date)
        if same_day or old.report_id == new.report_id:
            return Sentence(
                "This technician's work of {day} is reported already; correct that report.", day=old.service_date
            )
    return None


def movements(old: Report | None, new: Report, *, internal: bool) -> Iterator[HoursRecorded | PartsConsumed]:
    """Give the hours and parts that come with a report, or the differences that a correction makes."""
    before = old.items if old else ()
    for activity, spent in change(hours(before), hours(new.items)):
        yield HoursRecorded(
            order_id=new.order_id,
            object_id=new.object_id,
            report_id=new.report_id,
            technician_id=new.technician_id,
            activity=activity,
            hours=spent,
            worked_on=new.service_date,
            internal=internal,
        )
    for article, used in change(pieces(before), pieces(new.items)):
        yield PartsConsumed(
            order_id=new.order_id,
            object_id=new.object_id,
            report_id=new.report_id,
            article=article,
            quantity=used,
            consumed_on=new.service_date,
        )
