"""Terms that contradict themselves are refused before anybody signs them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from carnet.contracts.domain.terms import Position, Terms
from carnet.kernel.decider import Rejected
from carnet.kernel.sentence import Sentence


def checked(terms: Terms) -> Terms:
    """The same terms, or `Rejected` with the first contradiction."""
    _each_once(Sentence("position"), (position.position_id for position in terms.positions), "positions")
    _each_once(Sentence("priority"), (reaction.priority for reaction in terms.reactions), "reactions")
    _not_before_the_start(terms)
    _billed_from_the_first_day(terms)
    _suspended_within(terms)
    for position in terms.positions:
        _dated_within(position)
        _cycles_keep_their_identity(position)
    return terms


def signable(terms: Terms) -> Terms:
    """The same terms, arranged, or `Rejected`; what ends before it begins can be amended, but not signed."""
    _ends_after_it_starts(terms)
    return checked(arranged(terms))


def arranged(terms: Terms) -> Terms:
    """The same terms in one order, so that equal agreements are equal values."""
    positions = sorted(map(_arranged, terms.positions), key=lambda p: p.position_id)
    coverages = sorted(terms.coverages, key=lambda coverage: coverage.valid_from)
    return terms.model_copy(update={"positions": tuple(positions), "coverages": tuple(coverages)})


def _arranged(position: Position) -> Position:
    prices = sorted(position.prices, key=lambda price: price.valid_from)
    visits = sorted(position.visit_prices, key=lambda price: price.valid_from)
    plans = sorted(position.plans, key=lambda plan: plan.valid_from)
    return position.model_copy(update={"prices": tuple(prices), "visit_prices": tuple(visits), "plans": tuple(plans)})


def _each_once(what: Sentence, names: Iterable[object], field: str) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise Rejected(
                "The {what} {name} is named {times} times: name it once.", what=what, name=name, times=times
            ).at(field)


def _ends_after_it_starts(terms: Terms) -> None:
    if terms.end is not None and terms.end < terms.start:
        raise Rejected(
            "The contract starts on {start}: its last day is that day or a later one.", start=terms.start
        ).at("end")
    for position in terms.positions:
        if position.last_day is not None and position.last_day < position.first_day:
            raise Rejected(
                "Position {position} is covered from {first_day}: its last day is that day or a later one.",
                position=position.position_id,
                first_day=position.first_day,
            ).at(f"positions.{position.position_id}.last_day")


def _not_before_the_start(terms: Terms) -> None:
    positions = [(each.first_day, f"positions.{each.position_id}.first_day") for each in terms.positions]
    dates = positions + [(coverage.valid_from, "coverage.valid_from") for coverage in terms.coverages]
    day, field = min(dates, default=(terms.start, ""))
    if day < terms.start:
        raise Rejected("The contract starts on {start}: date the change on or after that day.", start=terms.start).at(
            field
        )
    _each_once(Sentence("coverage date"), (coverage.valid_from for coverage in terms.coverages), "coverage.valid_from")


def _billed_from_the_first_day(terms: Terms) -> None:
    first_day = min((position.first_day for position in terms.positions), default=terms.start)
    if terms.billing.anchor > first_day:
        raise Rejected(
            "The first covered day is {first_day}: set the billing anchor on or before it, not on {anchor}.",
            first_day=first_day,
            anchor=terms.billing.anchor,
        ).at("billing.anchor")


def _suspended_within(terms: Terms) -> None:
    real = [each for each in terms.suspensions if each.last_day is None or each.last_day >= each.first_day]
    if min((each.first_day for each in real), default=terms.start) < terms.start:
        raise Rejected("The contract starts on {start}: suspend it from that day on or later.", start=terms.start).at(
            "first_day"
        )
    if any(one.includes(other.first_day) for one in real for other in real if one is not other):
        raise Rejected("The contract is suspended on some of these days already: name others, or resume it first.").at(
            "first_day"
        )


def _dated_within(position: Position) -> None:
    _dates_within(position, Sentence("price"), "prices", [price.valid_from for price in position.prices])
    _dates_within(
        position, Sentence("price per visit"), "visit_prices", [price.valid_from for price in position.visit_prices]
    )
    _dates_within(position, Sentence("plan of cycles"), "plans", [plan.valid_from for plan in position.plans])


def _dates_within(position: Position, what: Sentence, part: str, dates: list[date]) -> None:
    field = f"positions.{position.position_id}.{part}"
    _each_once(
        Sentence("date of the {what} of position {position}", what=what, position=position.position_id), dates, field
    )
    if min(dates, default=position.first_day) < position.first_day:
        raise Rejected(
            "Position {position} is covered from {first_day}: date its {what} on or after that day, not on {earliest}.",
            position=position.position_id,
            first_day=position.first_day,
            what=what,
            earliest=min(dates),
        ).at(field)


def _cycles_keep_their_identity(position: Position) -> None:
    """An occurrence is (position, cycle, k): another rhythm under the same cycle would reuse identities."""
    rhythms = {(cycle.cycle_id, cycle.anchor, cycle.every_months) for plan in position.plans for cycle in plan.cycles}
    twice = [name for name, times in Counter(rhythm[0] for rhythm in rhythms).items() if times > 1]
    field = f"positions.{position.position_id}.cycles"
    if twice:
        raise Rejected(
            "Cycle {twice} had another anchor or interval before: give the new one its own id.", twice=twice[0]
        ).at(field)
    for plan in position.plans:
        _each_once(
            Sentence("cycle of position {position}", position=position.position_id),
            (cycle.cycle_id for cycle in plan.cycles),
            field,
        )
