"""A term ends by a notice that comes in time; without one it is renewed, where the contract says so (S66)."""

from collections.abc import Iterator
from datetime import date, timedelta

from carnet.contracts.domain.cycles import add_months
from carnet.contracts.domain.terms import Notice, Terms

ONE_DAY = timedelta(days=1)


def notice_day(terms: Terms) -> date | None:
    """The last day on which a notice ends the present term; None without a notice or an end."""
    if terms.notice is None or terms.end is None:
        return None
    return add_months(terms.end + ONE_DAY, -terms.notice.months) - ONE_DAY


def renewed_end(terms: Terms) -> date | None:
    """The last day of the term after the present one; None where none follows by itself."""
    if terms.notice is None or terms.notice.renews_for_months is None or terms.end is None:
        return None
    return _months_on(terms.start, terms.end + ONE_DAY, terms.notice.renews_for_months) - ONE_DAY


def _months_on(start: date, day: date, months: int) -> date:
    """So many months after a day, counted from the start where whole months lie between the two (R6)."""
    between = 12 * (day.year - start.year) + day.month - start.month
    return add_months(start, between + months) if add_months(start, between) == day else add_months(day, months)


def tacit_renewals(terms: Terms, day: date) -> Iterator[Terms]:
    """The terms after each notice day that is past, one renewal after the other."""
    while (last := notice_day(terms)) is not None and last < day and (end := renewed_end(terms)) is not None:
        terms = terms.model_copy(update={"end": end})
        yield terms


def earliest_end(terms: Terms, given_on: date) -> date | None:
    """The first last day that a notice given on a day can reach; None where no notice was agreed."""
    if terms.notice is None:
        return None
    if terms.end is None:
        return _open_ended(terms.notice, given_on)
    *_, reached = [terms, *tacit_renewals(terms, given_on)]
    return reached.end


def _open_ended(notice: Notice, given_on: date) -> date:
    return add_months(given_on, notice.months)
