"""Which decider lives on which stream, and the processes that go over several streams."""

from datetime import date

from carnet.contracts.domain import contract, coverage, occurrence, opening_hours, promise, run, template
from carnet.kernel.because import derived_id
from carnet.kernel.codec import codec_of
from carnet.kernel.streams import Category

CONTRACTS = Category("contract", contract.contract, codec_of(contract.Event))
OCCURRENCES = Category("occurrence", occurrence.occurrence, codec_of(occurrence.Event))
COVERAGE = Category("coverage", coverage.coverage, codec_of(coverage.Event))
REACTIONS = Category("reaction", promise.reaction, codec_of(promise.Event))
RUNS = Category("run", run.run, codec_of(run.Event))
TEMPLATES = Category("template", template.template, codec_of(template.Event))
OPENING_HOURS = Category("calendar", opening_hours.opening_hours, codec_of(opening_hours.Event))

CODEC = (
    CONTRACTS.codec
    | OCCURRENCES.codec
    | COVERAGE.codec
    | REACTIONS.codec
    | RUNS.codec
    | OPENING_HOURS.codec
    | TEMPLATES.codec
)


def contract_id_of(number: str) -> str:
    """Give the id of the one contract of a number: a second one would need the same stream."""
    return str(derived_id("contract", number))


def template_id_of(name: str) -> str:
    return str(derived_id("template", name))


def contract_year_id(contract_id: str, first_day: date) -> str:
    """Name the visits of one contract year; coverage is counted on its own stream a year."""
    return f"{contract_id}-{first_day}"
