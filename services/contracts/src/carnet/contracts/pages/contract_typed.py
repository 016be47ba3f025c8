"""Terms written into the form again: what was offered before, or what a template begins with."""

from collections.abc import Mapping

from carnet.contracts.domain.terms import Terms
from carnet.contracts.pages.contract_form import CHOICES, notice_typed
from carnet.contracts.pages.coverage_fields import coverage_typed
from carnet.contracts.pages.cycle_rows import cycles_typed
from carnet.contracts.pages.price_fields import prices_typed
from carnet.contracts.pages.reaction_rows import reactions_typed


def as_typed(terms: Terms) -> Mapping[str, str]:
    """Give the form's fields as they would have been typed for these terms."""
    typed: dict[str, object] = {
        **head_typed(terms),
        **billing_typed(terms),
        **notice_typed(terms.notice),
        **coverage_typed(terms.coverages[-1] if terms.coverages else None),
        **reactions_typed(terms.reactions),
        **{name: getattr(terms, name) for name in CHOICES},
        "template": terms.template.name if terms.template else "",
        "rows": len(terms.positions),
    }
    for n, _ in enumerate(terms.positions):
        typed |= position_typed(terms, n)
    return {name: str(value) for name, value in typed.items()}


def head_typed(terms: Terms) -> dict[str, object]:
    return {
        "number": terms.contract_number,
        "kind": terms.kind,
        "debtor": terms.parties.debtor_id,
        "contact": terms.parties.contact_id or "",
        "currency": terms.currency,
        "start": terms.start,
        "end": terms.end or "",
    }


def billing_typed(terms: Terms) -> dict[str, object]:
    return {
        "billed_every": terms.billing.every_months,
        "billed_from": "" if terms.billing.anchor == terms.start else terms.billing.anchor,
        "timing": terms.billing.timing,
        "billed_before": terms.billing.bill_days_before or "",
    }


def position_typed(terms: Terms, n: int) -> dict[str, object]:
    position = terms.positions[n]
    return {
        f"object_{n}": position.object_id,
        f"position_{n}": "" if position.position_id == str(n + 1) else position.position_id,
        f"begins_{n}": "" if position.first_day == terms.start else position.first_day,
        f"ends_{n}": position.last_day or "",
        f"text_{n}": position.text,
        **prices_typed(position, f"_{n}"),
        **cycles_typed(position.plans[-1].cycles if position.plans else (), f"_{n}"),
    }
