"""What went wrong becomes a status, a sentence and, for a person, a page."""

import logging
from collections.abc import Callable

import pytest
from httpx import AsyncClient

from carnet.kernel.web.problems import CHANGED, CONTENDED

Clients = Callable[..., AsyncClient]
Tokens = Callable[..., str]


async def test_a_rule_is_409_with_its_sentence(client: Clients) -> None:
    answer = await client().get("/lifts/fails/rejected")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not possible now",
        "status": 409,
        "detail": "Plan the order before completing it.",
        "instance": "/lifts/fails/rejected",
        "correlation": answer.headers["x-correlation-id"],
    }


async def test_a_stale_if_match_is_412(client: Clients) -> None:
    answer = await client(if_match='"2"').get("/lifts/fails/stale")
    assert (answer.status_code, answer.json()["detail"]) == (412, CHANGED)


async def test_a_stream_that_many_write_to_is_409_for_who_named_no_revision(client: Clients) -> None:
    answer = await client().get("/lifts/fails/stale")
    assert (answer.status_code, answer.json()["detail"]) == (409, CONTENDED)


@pytest.mark.parametrize(("how", "status"), [("unknown", 404), ("reused", 422)])
async def test_known_exceptions(client: Clients, how: str, status: int) -> None:
    assert (await client().get(f"/lifts/fails/{how}")).status_code == status


async def test_an_unknown_address_is_404(client: Clients) -> None:
    answer = await client().get("/nowhere")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is nothing at this address.")


async def test_a_wrong_field_is_422_and_named(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner")).post("/lifts/lifts", json={"quantity": "many"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["quantity"]
    assert answer.json()["detail"].startswith("quantity: ")


async def test_a_missing_field_is_422_and_named(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner")).post("/lifts/lifts", json={})
    assert answer.json()["errors"] == [{"field": "quantity", "message": "Field required"}]


async def test_broken_json_is_422(client: Clients, token: Tokens) -> None:
    answer = await client(token("planner"), content_type="application/json").post("/lifts/lifts", content=b"{")
    assert answer.status_code == 422


async def test_a_bug_is_500_tells_nothing_and_is_logged(client: Clients, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client(x_correlation_id="c-1").get("/lifts/fails/bug")
    assert answer.status_code == 500
    assert answer.json()["correlation"] == "c-1"
    assert "secret detail" not in answer.text


async def test_a_person_gets_a_page_with_the_same_sentence(client: Clients) -> None:
    answer = await client(html=True).get("/lifts/fails/rejected")
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")
    assert "Plan the order before completing it." in answer.text
    assert "<nav" in answer.text


async def test_a_page_shows_a_sentence_as_text_never_as_markup(client: Clients) -> None:
    answer = await client(html=True).get("/lifts/fails/unknown")
    assert "&lt;b&gt;4711&lt;/b&gt;" in answer.text
    assert "<b>4711" not in answer.text


async def test_a_percent_sign_in_a_sentence_is_no_format(client: Clients) -> None:
    answer = await client(html=True).get("/lifts/fails/percent")
    assert (answer.status_code, "Covered to 100 % &amp; more." in answer.text) == (409, True)


async def test_htmx_gets_a_notice_for_its_place(client: Clients) -> None:
    answer = await client(hx_request="true").get("/lifts/fails/rejected")
    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#notice")
    assert "<html" not in answer.text


async def test_a_boosted_form_keeps_its_page_and_its_address_when_it_is_refused(client: Clients) -> None:
    answer = await client(hx_request="true", hx_boosted="true").get("/lifts/fails/rejected")
    assert (answer.headers["hx-retarget"], answer.headers["hx-push-url"]) == ("#notice", "false")
    assert "<html" not in answer.text


async def test_a_sentence_is_translated_where_the_context_knows_it(client: Clients) -> None:
    answer = await client(html=True, accept_language="fr-CH").get("/lifts/fails/rejected")
    assert "Planifiez d’abord l’intervention." in answer.text
    assert "Pas possible maintenant" in answer.text
