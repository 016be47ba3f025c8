"""The expectation of any scenario."""

from typing import Any

from oracle import clock, fees, orders

KINDS = {"billing": fees.expected, "work": orders.expected, "cycles": clock.cycles, "deadline": clock.deadline}


def expected(told: dict[str, Any]) -> Any:
    """Give what `expect` of a scenario should say, its values all texts as a file is read."""
    return KINDS[told["kind"]](told)
