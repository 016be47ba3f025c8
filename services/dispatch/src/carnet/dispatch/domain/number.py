"""An order has a number that a person can read out on the telephone; it follows from the order's id, for ever."""

from datetime import date
from uuid import UUID

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none that is mistaken for another


def number_of(order_id: str, day: date) -> str:
    """Give the number of an order of a day: "26-4K7M-2QXD".

    Two orders of a year share one with a chance of 1 in 10^12: nothing but people's eyes relies on it. A counter
    would make all who create orders wait for one stream.
    """
    value = UUID(order_id).int
    letters = "".join(LETTERS[value >> (5 * place) & 31] for place in range(8))
    return f"{day:%y}-{letters[:4]}-{letters[4:]}"
