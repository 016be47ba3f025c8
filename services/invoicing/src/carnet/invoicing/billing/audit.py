"""Do the books close? Every claim has its document, every number is taken once, every file is the issued one."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from carnet.invoicing.domain.billable import WorkClaimed
from carnet.invoicing.domain.bookings import ReminderClaimed
from carnet.invoicing.domain.collective import OrdersGrouped
from carnet.invoicing.domain.contract_account import FeesClaimed
from carnet.invoicing.domain.goodwill import GoodwillGranted
from carnet.invoicing.domain.issued_document import DocumentRendered
from carnet.invoicing.domain.series import DocumentIssued
from carnet.invoicing.streams import CODEC
from carnet.kernel.documents.port import Digest, DocumentDamaged, DocumentMissing
from carnet.kernel.runtime import Runtime


@dataclass
class Books:
    """What the events say of documents: claimed, numbered (by series and year), rendered."""

    claimed: set[UUID] = field(default_factory=set)
    issued: dict[UUID, str] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    files: dict[UUID, str] = field(default_factory=dict)

    def take(self, event: Any) -> None:
        self.claimed.update(claimed_by(event))
        match event:
            case DocumentIssued(number=number, document=document):
                series, count = number.rsplit("-", 1)
                self.issued[document.document_id] = number
                self.numbers[series].append(int(count))
            case DocumentRendered(document_id=document_id, sha256=sha256):
                self.files[document_id] = sha256

    def unfinished(self) -> Iterator[str]:
        for document_id in sorted(self.claimed - self.issued.keys(), key=str):
            yield f"The claim {document_id} has no number yet."
        for document_id in sorted(self.issued.keys() - self.files.keys(), key=str):
            yield f"{self.issued[document_id]} has no file yet."

    def gaps(self) -> Iterator[str]:
        for series, numbers in sorted(self.numbers.items()):
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"The series {series} is not 1 to {len(numbers)} without a gap."


def claimed_by(event: Any) -> tuple[UUID, ...]:
    """Give the documents that an event claims; collective work is claimed when it is grouped."""
    match event:
        case FeesClaimed(documents=documents):
            return tuple(document.document_id for document in documents)
        case WorkClaimed(claim_id=claim_id, collective=False):
            return (claim_id,)
        case OrdersGrouped(document_id=UUID() as document_id):
            return (document_id,)
        case GoodwillGranted(credit_id=credit_id):
            return (credit_id,)
        case ReminderClaimed(reminder=reminder):
            return (reminder.reminder_id,)
    return ()


async def audit(runtime: Runtime) -> list[str]:
    """Name what does not close: unfinished claims, gaps in a series, files that are missing or changed (R8, R10)."""
    books = await read_books(runtime)
    return [*books.unfinished(), *books.gaps(), *await lost_files(runtime, books)]


async def read_books(runtime: Runtime) -> Books:
    books, position = Books(), None
    while page := await runtime.engines.store.read_all(position):
        for event in page:
            books.take(CODEC.decode(event.type, event.data))
        position = page[-1].position
    return books


async def lost_files(runtime: Runtime, books: Books) -> list[str]:
    found = []
    for document_id, sha256 in books.files.items():
        try:
            await runtime.documents.get(Digest(sha256))
        except (DocumentMissing, DocumentDamaged) as error:
            found.append(f"{books.issued.get(document_id, document_id)}: {error}")
    return found
