"""A series of a year is long: it is read by the page, and no more of it is kept than its numbers."""

from datetime import date
from typing import Any

import pytest

from carnet.invoicing.app import build
from carnet.invoicing.billing import numbering
from carnet.invoicing.settings import InvoicingSettings
from carnet.kernel.trial import trial


async def test_a_series_that_was_read_by_the_page_goes_on_without_a_gap(
    settings: InvoicingSettings, made_firm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbering, "PAGE", 1)  # more pages than there are tries
    for start, numbers in enumerate((range(8), range(8, 11))):
        async with trial(invoicing=build(settings)) as suite:
            firm = made_firm(suite)
            if start == 0:
                await firm.open()
            for n in numbers:
                await firm.sign(firm.version(1, firm.lift_a, contract_id=f"c-{n}", number=f"C-{n}"))
            assert (await firm.run(date(2026, 1, 1 + start)))["billed"] == len(numbers)
            found = {each["number"] for each in await firm.invoices()}
    assert found == {f"R2026-{n:04d}" for n in range(1, 12)}
