"""Which decider lives on which stream."""

from typing import Any, get_args

from carnet.invoicing.domain import (
    article,
    billable,
    bookings,
    closing,
    collective,
    contract_account,
    debtor,
    goodwill,
    issued_document,
    place,
    posting,
    receivables,
    release,
    run,
    series,
)
from carnet.kernel.codec import Codec, codec_of
from carnet.kernel.streams import Category


def stored(events: Any) -> Codec[Any]:
    """Make the codec of an annotated union of events, or of a single event."""
    return codec_of(next(iter(get_args(events)), events))


ARTICLES = Category("article", article.article, stored(article.Event))
DEBTORS = Category("debtor", debtor.debtor, stored(debtor.Event))
ACCOUNTS = Category("billing", contract_account.contract_account, stored(contract_account.Event))
BILLABLES = Category("billable", billable.billable, stored(billable.Event))
COLLECTIVES = Category("collective", collective.collective, stored(collective.Event))
SERIES = Category("series", series.series, stored(series.Event))
DOCUMENTS = Category("document", issued_document.issued_document, stored(issued_document.Event))
GOODWILL = Category("goodwill", goodwill.goodwill, stored(goodwill.Event))
PLACES = Category("place", place.place, stored(place.Event))
RECEIVABLES = Category("receivables", receivables.receivables, stored(bookings.Event), long=True)
POSTINGS = Category("journal", posting.posting, stored(posting.Event))
CLOSING = Category("closing", closing.closing, stored(closing.Event))
RELEASES = Category("release", release.release, stored(release.Event))
RUNS = Category("run", run.run, stored(run.Event))

CODEC = (
    ARTICLES.codec
    | DEBTORS.codec
    | ACCOUNTS.codec
    | BILLABLES.codec
    | COLLECTIVES.codec
    | SERIES.codec
    | DOCUMENTS.codec
    | GOODWILL.codec
    | PLACES.codec
    | RECEIVABLES.codec
    | POSTINGS.codec
    | CLOSING.codec
    | RELEASES.codec
    | RUNS.codec
)
