"""Documents get their numbers in one process at a time, many in one append; a number is its event's revision + 1.

What this process knows of a series is kept between the appends, so that a run reads it once. The store's expected
revision guards it: where another process was faster, the rest is read and decided again.
"""

import asyncio
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID
from weakref import WeakKeyDictionary

from carnet.invoicing.domain import series
from carnet.invoicing.domain.document import Corrected, Document
from carnet.invoicing.domain.series import DocumentIssued, IssueDocuments
from carnet.invoicing.streams import SERIES
from carnet.kernel.because import Because, derived_id
from carnet.kernel.metrics import Counted, Metrics
from carnet.kernel.runtime import Runtime
from carnet.kernel.store.port import NO_STREAM, EventStore, NewEvent, WrongRevision
from carnet.kernel.streams import TRIES

LETTERS = {"invoice": "R", "collective_invoice": "R", "credit_note": "G", "reminder": "M"}
ISSUED = Counted("carnet_invoices_issued", "Documents that were given their number", "kind", tuple(LETTERS))
PAGE = 500  # events
MOST_BYTES = 768 * 1024  # of one append; the port takes 1 MiB
Slot = tuple[DocumentIssued, NewEvent]


@dataclass
class Book:
    """One series of one year, as far as it was read: a document's revision by the bytes of its id, the day by revision.

    It knows each document of the year and no more of it than its number, some 200 bytes a document.
    """

    letter: str
    year: int
    revisions: dict[bytes, int] = field(default_factory=dict)
    days: "array[int]" = field(default_factory=lambda: array("i"))

    @property
    def revision(self) -> int:
        return len(self.days) - 1

    def state(self, command: IssueDocuments) -> series.State:
        """Give as much of the series' state as the decision looks at: its length, and what of these is in it."""
        known = (each.document_id for each in command.documents if each.document_id.bytes in self.revisions)
        return series.State(count=len(self.days), issued=frozenset(known))

    def number_of(self, document_id: UUID) -> Corrected | None:
        if (revision := self.revisions.get(document_id.bytes)) is None:
            return None
        number = series.number(self.letter, self.year, revision + 1)
        day = date.fromordinal(self.days[revision])
        return Corrected(document_id=document_id, number=number, issued_on=day)

    def take(self, events: Iterable[DocumentIssued]) -> None:
        for event in events:
            self.revisions[event.document.document_id.bytes] = len(self.days)
            self.days.append(event.document.issued_on.toordinal())


@dataclass
class Numbering:
    """Gives numbers. Who holds the `turn` numbers alone: a run keeps its documents in the order of its contracts."""

    store: EventStore
    metrics: Metrics
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    books: dict[str, Book] = field(default_factory=dict)

    def number_of(self, document_id: UUID) -> Corrected | None:
        """Give the number of a document that this process has seen numbered."""
        found = (book.number_of(document_id) for book in self.books.values())
        return next((number for number in found if number), None)

    async def issue(self, documents: Sequence[Document], because: Because) -> None:
        """Number documents in this order, each series and year on its own; who has a number keeps it."""
        sorted_out: dict[tuple[str, int], list[Document]] = {}
        for document in documents:
            sorted_out.setdefault((LETTERS[document.kind], document.issued_on.year), []).append(document)
        for (letter, year), own in sorted_out.items():
            command = IssueDocuments(series=letter, year=year, documents=tuple(own))
            await self.number(command, because)

    async def number(self, command: IssueDocuments, because: Because) -> None:
        for _ in range(TRIES):
            try:
                return await self.number_once(command, because)
            except WrongRevision as error:
                conflict = error
        raise conflict

    async def number_once(self, command: IssueDocuments, because: Because) -> None:
        stream = SERIES.stream(f"{command.series}-{command.year}")
        book = self.books.setdefault(stream, Book(command.series, command.year))
        await self.read_on(stream, book)
        for batch in batches([slot(event, because) for event in series.decide(command, book.state(command))]):
            new = [stored for _, stored in batch]
            await self.store.append(stream, new, NO_STREAM if book.revision < 0 else book.revision)
            book.take(event for event, _ in batch)
            for event, _ in batch:
                self.metrics.count(ISSUED, event.document.kind)

    async def read_on(self, stream: str, book: Book) -> None:
        """Read what was added to a series since it was read last, by the page: a year's series is long."""
        more = True
        while more:
            page = await self.store.read(stream, book.revision, PAGE)
            book.take(SERIES.decode(event) for event in page)
            more = len(page) == PAGE


def slot(event: DocumentIssued, because: Because) -> Slot:
    """Encode an event; a document is issued once in a series, so its id makes the event's."""
    event_id = derived_id("issued", event.document.document_id)
    return event, NewEvent(event_id, *SERIES.codec.encode(event), because.metadata())


def batches(slots: Sequence[Slot]) -> Iterator[list[Slot]]:
    """Cut what is to be appended into appends that a store takes."""
    batch: list[Slot] = []
    size = 0
    for each in slots:
        weight = len(each[1].data) + 1024  # and its metadata
        if batch and size + weight > MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += weight
    if batch:
        yield batch


NUMBERINGS: WeakKeyDictionary[EventStore, Numbering] = WeakKeyDictionary()


def numbering(runtime: Runtime) -> Numbering:
    """Give the one numbering of a running service."""
    store = runtime.engines.store
    return NUMBERINGS.setdefault(store, Numbering(store, runtime.metrics))
