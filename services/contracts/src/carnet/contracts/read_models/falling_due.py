"""What falls due of all contracts, day by day: as far as a page needs it, and of contracts that may be due then."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import islice

from sqlmodel import Session

from carnet.contracts.read_models import contracts, occurrences, rhythms
from carnet.contracts.read_models.obligations import PAGE, DueView, of_contract
from carnet.kernel.web.cursor import Key, keyset


def listed(session: Session, first: date, last: date, after: Key, limit: int) -> list[DueView]:
    """Give at most `limit` services due from the first day to the last, by date, past the keyset `after`."""
    begin = keyset(after, date.fromisoformat, str, str)[0] if after else first
    days = each_day(session, max(first, begin), last)
    return list(islice((due for day in days for due in day if sort_key(due) > after), limit))


def sort_key(due: DueView) -> tuple[str, str, str]:
    return due.due_on.isoformat(), due.contract_number, due.occurrence_id


def each_day(session: Session, first: date, last: date) -> Iterator[list[DueView]]:
    """Give what is due on each day, by contract number."""
    floating = rhythms.floating(session)
    floats = due_between(session, floating, first, last)
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        may_be = (rhythms.due_on(session, day) | occurrences.contracts_due_on(session, day)) - floating
        todays = [*due_between(session, may_be, day, day), *(due for due in floats if due.due_on == day)]
        yield sorted(todays, key=sort_key)


def due_between(session: Session, contract_ids: Collection[str], first: date, last: date) -> list[DueView]:
    """Give what is due of some contracts from the first day to the last, raised or only promised, by date."""
    ids = sorted(contract_ids)
    pages = (ids[n : n + PAGE] for n in range(0, len(ids), PAGE))
    return sorted((due for page in pages for due in of_some(session, page, first, last)), key=sort_key)


def of_some(session: Session, contract_ids: Collection[str], first: date, last: date) -> Iterator[DueView]:
    raised = occurrences.by_contract(session, contract_ids)
    for row in contracts.several(session, contract_ids):
        yield from of_contract(contracts.version_of(row), raised.get(row.contract_id, ()), first, last)
