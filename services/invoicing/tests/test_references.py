"""A payment's reference names its invoice; one that fails its check digit is refused with what to do (R10b)."""

from datetime import date
from typing import Any

import pytest

from carnet.invoicing.domain.qr_reference import checked, qrr, scor
from carnet.kernel.decider import Rejected

ON_BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
QRR = "21 00000 00003 13947 14300 09017"  # the Swiss implementation guidelines' own example
SCOR = "RF18 5390 0754 7034"  # ISO 11649's
EDGES = [scor("1"), scor("A1"), scor("1" * 21)]  # the shortest text, one that begins with a letter, the longest


@pytest.mark.parametrize("typed", [QRR, SCOR, SCOR.lower(), qrr("2026000001"), scor("2026000001"), *EDGES])
def test_a_good_reference_is_kept_without_its_spaces(typed: str) -> None:
    assert checked(typed) == typed.replace(" ", "").upper()


def test_r10b_a_check_digit_may_be_zero() -> None:
    assert qrr("2026000006") == "000000000000000020260000060"


@pytest.mark.parametrize("typed", [QRR, SCOR, qrr("2026000001")])
def test_any_one_wrong_digit_is_seen(typed: str) -> None:
    plain = typed.replace(" ", "")
    for n, digit in enumerate(plain):
        if digit.isdigit():
            with pytest.raises(Rejected, match="its check digit is wrong"):
                checked(f"{plain[:n]}{(int(digit) + 1) % 10}{plain[n + 1 :]}")


NONE = ["12345", "RF", "RF18", "RF1!5390", "RFA8539007547034", "2" * 26, "", "RFé8539007547034", scor("1" * 22)]


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_reference_says_how_it_looks(typed: str) -> None:
    with pytest.raises(Rejected, match="Type the reference as the payment part has it"):
        checked(typed)


@ON_BOTH
async def test_a_payment_finds_its_invoice_by_the_reference_or_nothing_is_recorded(firm: Any) -> None:
    for order in ("o1", "o2"):
        await firm.work(order, "waiter", date(2026, 4, 15), "repair 1")
    first, second = await firm.invoices()
    reference = (await firm.by_number(second["number"]))["reference"]
    paid = {"debtor_id": "K3", "amount": second["payable"], "received_on": "2026-05-01"}
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    answer = await firm.suite.post("/invoicing/payments", {**paid, "reference": wrong})
    assert (answer.status_code, "check digit is wrong" in answer.json()["detail"]) == (409, True)
    other = await firm.suite.post("/invoicing/payments", {**paid, "debtor_id": "K4", "reference": reference})
    assert (other.status_code, "No invoice of this debtor" in other.json()["detail"]) == (409, True)
    assert {each["state"] for each in await firm.invoices()} == {"open"}
    await firm.ask("POST", "/invoicing/payments", {**paid, "reference": reference})
    states = {each["number"]: each["state"] for each in await firm.invoices()}
    assert states == {first["number"]: "open", second["number"]: "settled"}
