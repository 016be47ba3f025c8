"""A claim is a document whose fees are taken; it names its lines by keys, so the same bill has the same id (R8)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from pydantic import BaseModel

from carnet.invoicing.domain.cover import Span
from carnet.invoicing.domain.fee_line import FeeLine, Key
from carnet.invoicing.domain.money import NOTHING, DocumentKind, Totals, totals

FEES = UUID("6f6c0a52-6a0c-5d52-9f0e-0d9a2d1c7b11")  # the namespace of the ids below, for ever


class ClaimedDocument(BaseModel, frozen=True):
    """An invoice or a credit note that waits for its number; the lines of a credit note are positive."""

    document_id: UUID
    kind: DocumentKind
    lines: tuple[FeeLine, ...]
    totals: Totals


class Claim(BaseModel, frozen=True):
    """A claimed document with the date of its run."""

    run_date: date
    document: ClaimedDocument
    voided: bool = False


def documents_of(
    contract_id: str, found: Iterable[FeeLine], claims: Iterable[Claim], step: Decimal
) -> tuple[ClaimedDocument, ...]:
    """Turn signed lines into at most one invoice and one credit note, in this order."""
    signed, earlier = list(found), list(claims)
    owed = _document(contract_id, "invoice", [line for line in signed if line.net > 0], earlier, step)
    own = [Claim(run_date=date.min, document=document) for document in owed]
    credited = [_credited(line, [*earlier, *own]) for line in signed if line.net < 0]
    return owed + _document(contract_id, "credit_note", credited, earlier, step)


def booked(amounts: Mapping[Key, Decimal], document: ClaimedDocument, sign: int) -> Mapping[Key, Decimal]:
    """Add a document to the billed amounts, or take it away (`sign` -1)."""
    after = dict(amounts)
    direction = sign if document.kind == "invoice" else -sign
    for line in document.lines:
        after[line.key] = after.get(line.key, NOTHING) + direction * line.net
    return after


def claimed_days(claims: Iterable[Claim], key: Key) -> Span | None:
    """First and last day of all lines ever claimed under a key, also by a document that was voided."""
    found = [line for claim in claims for line in claim.document.lines if line.key == key]
    if not found:
        return None
    return min(line.first_day for line in found), max(line.last_day for line in found)


def corrected_line(line: FeeLine, claims: Mapping[UUID, Claim]) -> tuple[UUID, str]:
    """Give the invoice and its line that a credit names first: of its own rate, else of its position and period."""
    original = claims[line.corrects[0]].document
    same_place = [each for each in original.lines if each.place == line.place]
    found = next((each for each in same_place if each.key == line.key), same_place[0])
    return original.document_id, found.line_id


def _document(
    contract_id: str, kind: DocumentKind, of_kind: list[FeeLine], earlier: list[Claim], step: Decimal
) -> tuple[ClaimedDocument, ...]:
    if not of_kind:
        return ()
    numbered = _numbered(of_kind, kind, earlier)
    keys = (f"{contract_id}/{n.position_id}/{n.period.first_day}/{kind}/{n.sequence}" for n in numbered)
    document = ClaimedDocument(
        document_id=uuid5(FEES, "|".join(keys)),
        kind=kind,
        lines=numbered,
        totals=totals(((line.vat_rate, line.net) for line in numbered), step),
    )
    return (document,)


def _numbered(of_kind: list[FeeLine], kind: DocumentKind, earlier: list[Claim]) -> tuple[FeeLine, ...]:
    """Give each line the next sequence of its position, period and kind (R8)."""
    last = Counter(line.place for claim in earlier for line in _lines_of(claim, kind))
    numbered = []
    for line in of_kind:
        last[line.place] += 1
        n = last[line.place]
        numbered.append(line if n == line.sequence else line.model_copy(update={"sequence": n}))
    return tuple(numbered)


def _credited(line: FeeLine, claims: list[Claim]) -> FeeLine:
    """Turn a negative line into a positive one that names the invoices it corrects, the original first.

    The last rate of a split may fall below nothing; then the period's own invoice is named.
    """
    standing = [claim for claim in claims if not claim.voided]
    same_rate = [c for c in standing if any(own.key == line.key for own in _lines_of(c, "invoice"))]
    same_place = [c for c in standing if any(own.place == line.place for own in _lines_of(c, "invoice"))]
    corrects = tuple(claim.document.document_id for claim in same_rate or same_place)
    return line.model_copy(update={"net": -line.net, "corrects": corrects})


def _lines_of(claim: Claim, kind: DocumentKind) -> tuple[FeeLine, ...]:
    return claim.document.lines if claim.document.kind == kind else ()
