"""How a line came about, from the claim that made it (B2)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from carnet.invoicing.billing.comparing import Amendment
from carnet.invoicing.billing.proof_words import fee_sentences, goodwill_sentence, line_sentences, work_sentence
from carnet.invoicing.domain.claims import Claim
from carnet.invoicing.domain.document import DocumentLine
from carnet.invoicing.domain.fee_line import FeeLine
from carnet.invoicing.domain.money import NOTHING
from carnet.invoicing.read_models import contracts, document_queries, versions
from carnet.invoicing.read_models.documents import DocumentRow
from carnet.invoicing.read_models.versions import VersionRow
from carnet.invoicing.streams import ACCOUNTS, BILLABLES, GOODWILL
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.problems import Unknown


class ProofEvent(BaseModel):
    """Something that led to the line: the stored name of the event, when it was recorded, and what it is about."""

    event: str
    recorded_at: datetime | None
    about: str = ""


class Earlier(BaseModel):
    """A document that billed or credited (negative) the same position, period and rate before."""

    document_id: UUID
    number: str
    run_date: date
    net: Decimal
    voided: bool


class LineProof(BaseModel):
    """A fee: the contract version, its period and segments with their days, the exact fraction, what was billed.

    Work: the item's quantity and price, the list that it comes from, who bears which share of it, and the coverage that
    was decided. Goodwill: the reason. `sentences` tell it in the document's language, `vat` is the document's tax at
    the line's rate, `events` are all that led to the line, with the times at which they were recorded.
    """

    kind: Literal["fee", "work", "goodwill"]
    language: str
    line: DocumentLine
    proof: dict[str, Any]
    vat: dict[Decimal, Decimal]
    amendments: list[Amendment] = []
    billed_before: list[Earlier] = []
    sentences: list[str]
    events: list[ProofEvent]


async def prove(runtime: Runtime, row: DocumentRow, line_id: str) -> LineProof:
    """Prove one line of a document; raises Unknown where it has no such line."""
    document = row.whole.document
    line = next((each for each in document.lines if each.line_id == line_id), None)
    if line is None:
        raise Unknown("The line {id}", id=line_id)
    if document.goodwill:
        found = await goodwill_proof(runtime, row, line)
    else:
        found = await (fee_proof if line.contract_id else work_proof)(runtime, row, line)
    vat = {line.vat_rate: document.totals.vat[line.vat_rate]}
    told = found.model_copy(update={"vat": vat, "sentences": [*found.sentences, *line_sentences(document, line)]})
    return told.model_copy(update={"events": in_order([*found.events, *of_document(row)])})


async def fee_proof(runtime: Runtime, row: DocumentRow, line: DocumentLine) -> LineProof:
    document, contract_id = row.whole.document, line.contract_id or ""
    claims = (await runtime.state(ACCOUNTS, contract_id)).claims
    of_claim = next(e for e in claims[document.document_id].document.lines if e.line_id == line.line_id)
    before = earlier_claims(claims.values(), document.document_id)
    since = billed_version(before, of_claim)
    until = of_claim.proof.contract_version
    told = await runtime.query(lambda session: versions.since(session, contract_id, since, until))
    named = await runtime.query(lambda session: contracts.one(session, contract_id))
    contract = named.number if named else contract_id
    return LineProof(
        kind="fee",
        language=document.language,
        line=line,
        proof=of_claim.model_dump(
            mode="json", include={"period", "rate_since", "vat_rate", "tax_code", "tax_decided_by", "proof", "corrects"}
        ),
        vat={},
        amendments=[Amendment.model_validate(each, from_attributes=True) for each in told],
        billed_before=await billed(runtime, before, of_claim),
        sentences=list(fee_sentences(document, of_claim, contract, told)),
        events=[*of_versions(told), *await claim_events(runtime, contract_id, document.document_id)],
    )


def earlier_claims(claims: Iterable[Claim], document_id: UUID) -> list[Claim]:
    """Give the claims that came before a document, in their order."""
    found: list[Claim] = []
    for claim in claims:
        if claim.document.document_id == document_id:
            break
        found.append(claim)
    return found


def billed_version(before: Iterable[Claim], line: FeeLine) -> int:
    """Give the contract version with which the position and period were last billed, 0 before the first time."""
    lines = (each for claim in before for each in claim.document.lines if each.place == line.place)
    return max((each.proof.contract_version for each in lines), default=0)


async def billed(runtime: Runtime, before: Iterable[Claim], line: FeeLine) -> list[Earlier]:
    """Give what earlier documents billed of the same position, period and rate."""
    found = [(claim, net) for claim in before if (net := signed_net(claim, line))]
    ids = [str(claim.document.document_id) for claim, _ in found]
    numbers = await runtime.query(lambda session: document_queries.numbers(session, ids))
    return [
        Earlier(
            document_id=claim.document.document_id,
            number=numbers.get(str(claim.document.document_id), ""),
            run_date=claim.run_date,
            net=net,
            voided=claim.voided,
        )
        for claim, net in found
    ]


def signed_net(claim: Claim, line: FeeLine) -> Decimal:
    sign = 1 if claim.document.kind == "invoice" else -1
    return sum((sign * each.net for each in claim.document.lines if each.key == line.key), NOTHING)


async def claim_events(runtime: Runtime, contract_id: str, document_id: UUID) -> list[ProofEvent]:
    """Give the event that claimed the document."""
    stored = await runtime.engines.store.read(ACCOUNTS.stream(contract_id))
    named = f'"{document_id}"'.encode()
    claim = next((each for each in stored if named in each.data), None)
    return [ProofEvent(event=claim.type, recorded_at=claim.recorded_at)] if claim else []


async def work_proof(runtime: Runtime, row: DocumentRow, line: DocumentLine) -> LineProof:
    known = (await runtime.state(BILLABLES, line.order_id)).known
    figures = {"quantity", "unit_price", "list_amount", "borne_by", "borne_share", "net", "vat_rate", "first_day"}
    figures |= {"tax_code", "tax_decided_by", "price_list"}
    coverage = known.coverage.model_dump(mode="json") if known.coverage else None
    stored = await runtime.engines.store.read(BILLABLES.stream(line.order_id))
    return LineProof(
        kind="work",
        language=row.whole.document.language,
        line=line,
        proof={**line.model_dump(mode="json", include=figures), "coverage": coverage},
        vat={},
        sentences=[work_sentence(row.whole.document, line)],
        events=[ProofEvent(event=each.type, recorded_at=each.recorded_at) for each in stored],
    )


async def goodwill_proof(runtime: Runtime, row: DocumentRow, line: DocumentLine) -> LineProof:
    document = row.whole.document
    invoice_id = document.corrects[0].document_id
    granted = (await runtime.state(GOODWILL, invoice_id)).granted.get(document.document_id)
    stored = await runtime.engines.store.read(GOODWILL.stream(invoice_id))
    named = f'"{document.document_id}"'.encode()
    return LineProof(
        kind="goodwill",
        language=document.language,
        line=line,
        proof={"reason": granted.reason if granted else document.subject},
        vat={},
        sentences=[document.subject, goodwill_sentence(document, line)],
        events=[ProofEvent(event=e.type, recorded_at=e.recorded_at) for e in stored if named in e.data],
    )


def of_versions(rows: Sequence[VersionRow]) -> list[ProofEvent]:
    return [ProofEvent(event=f"contract {r.change}", recorded_at=r.told_at, about=f"version {r.version}") for r in rows]


def of_document(row: DocumentRow) -> list[ProofEvent]:
    """Give what happened to the document itself."""
    times = {"document-issued.v1": row.issued_at, "document-rendered.v1": row.rendered_at}
    times["document-voided.v1"] = row.voided_at
    return [ProofEvent(event=name, recorded_at=at, about=row.number) for name, at in times.items() if at]


def in_order(events: Sequence[ProofEvent]) -> list[ProofEvent]:
    dated = [each for each in events if each.recorded_at]
    return sorted(dated, key=lambda each: (each.recorded_at, each.event))
