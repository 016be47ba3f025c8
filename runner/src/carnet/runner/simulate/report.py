"""What a scenario came to, for a person to read."""

from collections.abc import Iterator, Mapping
from typing import Any


def report(result: Any) -> Iterator[str]:
    """Give the lines of a result of any kind."""
    match result:
        case {"documents": documents}:
            for document in documents:
                yield from order_document(document)
        case {"due": _}:
            yield from (f"{name} {at}" for name, at in result.items())
        case list():
            for entry in result:
                yield from run(entry) if isinstance(entry, Mapping) else [str(entry)]


def run(entry: Mapping[str, Any]) -> Iterator[str]:
    """Give a billing run with its documents."""
    yield f"Run of {entry['run_date']}{'' if entry['documents'] else ': nothing to bill'}"
    for document in entry["documents"]:
        yield f"  {document['type'].replace('_', ' ')}"
        for line in document["lines"]:
            yield f"    {line['position']}  {line['from']} to {line['to']}  {line['net']} at {line['vat_rate']} %"
            yield from (f"      {said}" for said in fee_proof(line.get("proof")))
        yield f"    {foot(document)}"


def fee_proof(proof: Mapping[str, Any] | None) -> Iterator[str]:
    """Say how an amount came about (B2)."""
    if proof is None:
        return
    period = proof["period"]
    yield f"version {proof['contract_version']}, period {period['first_day']} to {period['last_day']}"
    for segment in proof["segments"]:
        days = f"{segment['days']} of {proof['period_days']} days"
        yield f"{days} from {segment['first_day']} at {segment['fee']} a year, {segment['rate']} %"
    yield f"due in the period {proof['fraction']} = {proof['due_in_period']}"
    yield f"of it at this rate {proof['part'] or 'the rest'} = {proof['due']}, billed before {proof['billed_before']}"


def order_document(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"{document['recipient']}, orders {', '.join(document['orders'])}, {document['currency']}"
    for order, items in document.get("proof", {}).items():
        for item in items:
            price = f"{item['quantity']} x {item['unit_price']} = {item['list_amount']}"
            borne = f", {item['borne_by']} bears {item['borne_share']}" if item["borne_by"] != "price_list" else ""
            yield f"  {order} {item['cost_kind']}: {price}{borne}, billed {item['net']} at {item['vat_rate']} %"
    yield f"  {foot(document)}"


def foot(document: Mapping[str, Any]) -> str:
    taxes = ", ".join(f"{amount} at {rate} %" for rate, amount in document["vat"].items())
    figures = ", ".join(f"{name} {document[name]}" for name in ("total", "rounding", "payable"))
    return f"net {document['net']}, VAT {taxes}, {figures}"


def difference(found: Any, expected: Any, where: str = "") -> str | None:
    """Name the first place where a result is not as expected; None where all is."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        pairs = [(f"{where}.{key}", found[key], expected[key]) for key in expected]
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = [(f"{where}[{n}]", *each) for n, each in enumerate(zip(found, expected, strict=True))]
    else:
        return None if found == expected else f"{where.lstrip('.') or 'the result'}: {expected} expected, {found} found"
    return next((said for at, one, other in pairs if (said := difference(one, other, at))), None)
