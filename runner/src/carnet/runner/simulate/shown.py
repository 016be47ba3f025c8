"""What was billed in the words of a scenario: ids, dates, rates and amounts as strings."""

from collections.abc import Iterable, Sequence
from typing import Any

from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.claims import ClaimedDocument
from carnet.invoicing.domain.fee_line import FeeLine
from carnet.invoicing.domain.money import Totals
from carnet.invoicing.domain.work_lines import WorkLine
from carnet.runner.simulate.orders import Order


def fee_document(document: ClaimedDocument, *, explain: bool) -> dict[str, Any]:
    lines = [fee_line(line, explain=explain) for line in document.lines]
    return {"type": document.kind, "lines": lines, **foot(document.totals)}


def fee_line(line: FeeLine, *, explain: bool) -> dict[str, Any]:
    """Give a line; with its proof (B2) where it is to be explained."""
    shown = {
        "position": line.position_id,
        "from": str(line.first_day),
        "to": str(line.last_day),
        "net": str(line.net),
        "vat_rate": str(line.vat_rate),
    }
    return shown | ({"proof": fee_proof(line)} if explain else {})


def fee_proof(line: FeeLine) -> dict[str, Any]:
    """Give version, period, segments, day counts, the exact fraction before rounding, and what was billed before."""
    segments = [segment.model_dump(mode="json") | {"days": segment.days} for segment in line.proof.segments]
    period = line.period.model_dump(mode="json")
    return {"period": period, **line.proof.model_dump(mode="json"), "segments": segments}


def work_document(claims: Sequence[tuple[Order, WorkClaimed]], totals: Totals, *, explain: bool) -> dict[str, Any]:
    first = claims[0][0]
    shown = {"orders": [order.id for order, _ in claims], "recipient": first.recipient, "currency": first.currency}
    proof = {"proof": {order.id: work_proof(claim.lines) for order, claim in claims}} if explain else {}
    return {**shown, **foot(totals), **proof}


def work_proof(lines: Iterable[WorkLine]) -> list[dict[str, Any]]:
    """Give each item with its price, and who bears which share of it (R9)."""
    figures = {"cost_kind", "quantity", "unit_price", "list_amount", "borne_by", "borne_share", "net", "vat_rate"}
    return [line.model_dump(mode="json", include=figures) for line in lines]


def foot(totals: Totals) -> dict[str, Any]:
    return {
        "net": str(totals.net),
        "vat": {str(rate): str(amount) for rate, amount in totals.vat.items()},
        "total": str(totals.total),
        "rounding": str(totals.rounding),
        "payable": str(totals.payable),
    }
