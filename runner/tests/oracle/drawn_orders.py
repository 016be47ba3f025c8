"""Scenarios of kind work that nobody wrote by hand."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from oracle.drawn_fees import vat

SHARES = st.sampled_from(["0", "1", "0.5", "0.333", "0.05"]) | st.integers(0, 1000).map(lambda n: f"{n / 1000:.3f}")
QUANTITIES = st.sampled_from(["0", "1", "2.75", "0.333333", "1.00005"]) | st.decimals(0, 100, places=6).map(str)
PRICES = st.sampled_from(["0", "0.00", "145.00", "0.005", "1.2345"]) | st.decimals(0, 500, places=2).map(str)
ITEMS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["labour", "travel", "parts"]), "quantity": QUANTITIES, "unit_price": PRICES}
)
STEPS = [{}, {"CHF": "0.05"}, {"CHF": "1", "EUR": "0.01"}, {"CHF": "0.05", "EUR": "0.1"}]


def order(id_: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": st.just(id_),
            "recipient": st.sampled_from(["C1", "C2"]),
            "currency": st.sampled_from(["CHF", "EUR"]),
            "items": st.lists(ITEMS, max_size=3),
        },
        optional={"executed": st.sampled_from(["true", "false"])},
    )


@st.composite
def coverage(draw: st.DrawFn) -> dict[str, str]:
    shares = draw(st.dictionaries(st.sampled_from(["labour", "travel", "parts"]), SHARES))
    return {"visits": str(draw(st.integers(0, 4))), **shares}


@st.composite
def work(draw: st.DrawFn) -> dict[str, Any]:
    orders = [draw(order(f"W{n}")) for n in range(draw(st.integers(0, 6)))]
    covered = draw(st.none() | coverage())
    return {
        "kind": "work",
        "mode": draw(st.sampled_from(["single", "collective"])),
        "service_date": draw(st.dates(date(2023, 1, 1), date(2026, 12, 31))).isoformat(),
        "vat": draw(vat()),
        "payable_step": draw(st.sampled_from(STEPS)),
        "orders": draw(st.permutations(orders)),
        **({} if covered is None else {"coverage": covered}),
    }
