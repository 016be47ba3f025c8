"""The answer to what is posted into the books: it says on which day."""

from datetime import date

from carnet.invoicing.billing.journal import moved, open_day
from carnet.kernel.runtime import Runtime
from carnet.kernel.web.commands import Answer


class PostedAnswer(Answer):
    """`posted_on` is the day in the journal; `note` says why it is another than the day that was given."""

    posted_on: date
    note: str | None


async def on_its_day(runtime: Runtime, answer: Answer, day: date) -> PostedAnswer:
    """Add to an answer on which day it is posted."""
    posted_on = await open_day(runtime, day)
    return PostedAnswer(**answer.model_dump(), posted_on=posted_on, note=moved(day, posted_on))
