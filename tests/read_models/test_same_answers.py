"""What is derived says the same on SQLite and on PostgreSQL: every row, every list, every page."""

import asyncio
from contextlib import ExitStack

import pytest
from engines.postgres import Server, fresh_database
from expected import FIGURES
from pydantic import SecretStr
from read_models.asking import DETAILS, LISTS, PAGES
from read_models.years import Year

from carnet.kernel.service import CONTEXTS


@pytest.fixture(scope="module")
def years(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Year, Year]:
    """The year as it was played on PostgreSQL, and as SQLite reads it again."""
    folder = tmp_path_factory.mktemp("years")
    with ExitStack() as stack:
        urls = {each: SecretStr(stack.enter_context(fresh_database(postgres_server))) for each in CONTEXTS}
        played = asyncio.run(Year.played(folder, urls.get))
    return played, asyncio.run(Year.read_again(folder))


def test_the_year_comes_out_on_postgresql(years: tuple[Year, Year]) -> None:
    assert {name: value for name, value in years[0].figures.items() if name != "seconds"} == FIGURES


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_row_is_as_the_events_say(years: tuple[Year, Year], context: str) -> None:
    assert years[0].differences[context] == []
    assert any(years[0].rows[context].values())


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_read_model_that_is_built_anew_has_the_same_rows(years: tuple[Year, Year], context: str) -> None:
    assert years[0].rebuilt[context] == years[0].rows[context]


@pytest.mark.parametrize("context", CONTEXTS)
def test_both_databases_have_the_same_rows(years: tuple[Year, Year], context: str) -> None:
    assert years[1].rows[context] == years[0].rows[context]


@pytest.mark.parametrize("question", [*LISTS, *PAGES])
def test_both_databases_give_the_same_answer(years: tuple[Year, Year], question: str) -> None:
    assert years[1].answers[question] == years[0].answers[question]
    assert years[0].answers[question]


@pytest.mark.parametrize("question", DETAILS)
def test_both_databases_tell_the_same_of_each(years: tuple[Year, Year], question: str) -> None:
    name, detail = DETAILS[question]
    asked = [detail.format(row[name]) for page in years[0].answers[question] for row in page["items"]]
    assert [years[1].answers[each] for each in asked] == [years[0].answers[each] for each in asked]
    assert asked
