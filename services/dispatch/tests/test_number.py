"""An order's number is short, readable and always the same."""

import re
from datetime import date
from uuid import UUID, uuid4

from carnet.dispatch.domain.number import number_of


def test_a_number_follows_from_the_id_and_the_year() -> None:
    order_id = str(UUID(int=1))
    assert number_of(order_id, date(2026, 4, 2)) == number_of(order_id, date(2026, 12, 31)) == "26-1000-0000"
    assert number_of(order_id, date(2027, 1, 1)) == "27-1000-0000"


def test_a_number_has_no_letters_that_are_mistaken_for_another() -> None:
    numbers = {number_of(str(uuid4()), date(2026, 1, 1)) for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(re.fullmatch(r"26-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", number) for number in numbers)
