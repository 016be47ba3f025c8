"""What the demonstration's year comes to: every document, and the figures."""

from decimal import Decimal
from typing import Any

DOCUMENTS = """
R2026-0001 | 2026-01-01 | K1 | 1080.00 |  87.48 | 1167.48 |  0.02 | 1167.50
R2026-0002 | 2026-03-17 | K3 |  291.30 |  23.60 |  314.90 |  0.00 |  314.90
R2026-0003 | 2026-04-01 | K2 |  540.00 |  43.74 |  583.74 |  0.01 |  583.75
R2026-0004 | 2026-04-07 | K1 |  429.55 |  34.79 |  464.34 |  0.01 |  464.35
R2026-0005 | 2026-04-15 | K1 |   64.45 |   5.22 |   69.67 | -0.02 |   69.65
R2026-0006 | 2026-05-31 | K2 | 1898.15 | 153.75 | 2051.90 |  0.00 | 2051.90
R2026-0007 | 2026-06-01 | K1 |  160.44 |  13.00 |  173.44 |  0.01 |  173.45
R2026-0008 | 2026-06-22 | K4 |  434.45 |  35.19 |  469.64 |  0.01 |  469.65
R2026-0009 | 2026-07-01 | K1 | 1740.00 | 140.94 | 1880.94 |  0.01 | 1880.95
R2026-0010 | 2026-07-06 | K4 |  245.80 |  19.91 |  265.71 | -0.01 |  265.70
G2026-0001 | 2026-09-01 | K1 |  159.13 |  12.89 |  172.02 | -0.02 |  172.00
"""
FIGURES: dict[str, Any] = {
    "objects": 21,
    "contracts": 3,
    "orders": 16,
    "work_reports": 17,
    "invoices": {"single": 9, "collective": 1, "credit_notes": 1},
    "reminders": 1,
    "notifications": {"email": 24, "letter": 4},
    "billed": {"CHF": "7269.80"},
}


def total(amount: Any) -> Decimal:
    """Give an amount, or the sum of the amounts by rate."""
    if isinstance(amount, list):
        return sum((Decimal(each["vat"]) for each in amount), Decimal(0))
    return sum(map(Decimal, amount.values()), Decimal(0)) if isinstance(amount, dict) else Decimal(amount)
