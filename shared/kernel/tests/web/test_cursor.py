"""Lists go on by cursor, to the end, and refuse a mark that is none of ours."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from carnet.kernel.web.cursor import Listing, Page, decode, encode, keyset
from carnet.kernel.web.problems import BadRequest

Clients = Callable[..., AsyncClient]


async def test_every_row_comes_once_and_the_last_page_has_no_next(client: Clients) -> None:
    seen, cursor = [], None
    while True:
        asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await client().get("/lifts/lifts", params=asked)).json()
        seen += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"lift {n:02}" for n in range(7)]


async def test_the_link_header_names_the_next_page(client: Clients) -> None:
    answer = await client().get("/lifts/lifts?limit=3")
    assert (
        answer.headers["link"] == f'<http://127.0.0.1/lifts/lifts?limit=3&cursor={answer.json()["next"]}>; rel="next"'
    )
    assert answer.headers["etag"] == '"7"'


async def test_a_last_page_that_is_full_has_no_next(client: Clients) -> None:
    answer = await client().get("/lifts/lifts?limit=7")
    assert (len(answer.json()["items"]), answer.json()["next"], "link" in answer.headers) == (7, None, False)


@pytest.mark.parametrize("cursor", ["x", "!!!", "e30", "W1tdXQ", "é", "WzEuNV0"])
async def test_a_mark_that_is_none_of_ours_is_422_and_named(client: Clients, cursor: str) -> None:
    answer = await client().get("/lifts/lifts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("limit", ["0", "501", "many"])
async def test_a_limit_out_of_bounds_is_422_and_named(client: Clients, limit: str) -> None:
    answer = await client().get("/lifts/lifts", params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


@given(st.lists(st.one_of(st.text(), st.integers(), st.none())).map(tuple))
def test_a_cursor_comes_back_as_it_was(key: tuple[str | int | None, ...]) -> None:
    assert decode(encode(key)) == key


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with suppress(BadRequest):
        assert decode(encode(decode(text))) == decode(text)


def test_an_empty_list_is_a_page() -> None:
    assert Listing().page([], lambda row: (row,)) == Page(items=[], next=None)


def test_a_page_of_rows_becomes_a_page_of_views() -> None:
    assert Page[int](items=[1, 2], next="n").map(str) == Page(items=["1", "2"], next="n")


def test_a_keyset_is_read_as_its_list_sorts() -> None:
    assert keyset(("2026-01-05", "a"), date.fromisoformat, str) == (date(2026, 1, 5), "a")


@pytest.mark.parametrize("after", [("no day", "a"), ("2026-01-05",), ("2026-01-05", "a", "b")])
def test_the_cursor_of_another_list_is_refused(after: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest, match="none of ours"):
        keyset(after, date.fromisoformat, str)
