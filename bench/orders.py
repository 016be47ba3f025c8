"""An order of dispatch as it grows on site: a hundred events, by its own decider, that benchmarks fold."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from carnet.dispatch.domain.entries import Visit
from carnet.dispatch.domain.order_commands import AgreeAppointment, Arrive, Command, Create, Plan, ReportWork
from carnet.dispatch.domain.qualification import Candidate
from carnet.dispatch.domain.work import Item
from carnet.kernel.because import Because

DAY: Final = date(2026, 1, 5)
START: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
TECHNICIANS: Final = ("favre", "keller")
OFFICE: Final = Because("anna", "c0ffee")
REPORTS: Final = 24  # of four events each: the report, two kinds of hours, one part
AGAIN: Final = Arrive(technician_id="favre", at=START)
"""A command that is decided on the whole state and appends nothing."""


def commands(order_id: str) -> Iterator[Command]:
    """Give the commands that lead to exactly a hundred events."""
    yield Create(
        order_id=order_id, number="26-1", order_type="fault", object_id="lift-a", debtor_id="k1", created_on=DAY
    )
    yield planned(order_id)
    yield AgreeAppointment(agreed_on=DAY, zone="Europe/Zurich")
    yield AGAIN
    for number in range(REPORTS):
        yield report(number)


def planned(order_id: str) -> Plan:
    visit = Visit(
        visit_id="v1",
        order_id=order_id,
        technician_ids=TECHNICIANS,
        starts_at=START,
        ends_at=START + timedelta(hours=9),
    )
    return Plan(visit=visit, chosen=tuple(Candidate(technician_id=each, name=each) for each in TECHNICIANS))


def report(number: int) -> ReportWork:
    return ReportWork(
        report_id=f"r{number}",
        technician_id=TECHNICIANS[number % 2],
        service_date=DAY + timedelta(days=number // 2),
        items=(
            Item(kind="repair", quantity=Decimal("2.5")),
            Item(kind="travel_time", quantity=Decimal("0.5")),
            Item(kind="part", quantity=Decimal(2), article="A-7"),
        ),
        note="Door roller replaced",
    )
