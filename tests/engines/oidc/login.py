"""Signing in at the provider, on its own pages, as a browser does."""

import re

import httpx


async def sign_in(browser: httpx.AsyncClient, front: str, login: str, onward: str) -> httpx.Response:
    """Begin at the suite's `/sign-in` and follow until the provider has led back; gives the page that it ends on."""
    page = await browser.get(f"{front}/sign-in", params={"next": onward})
    while (form := re.search(r'action="([^"]+)"', page.text)) and not str(page.url).startswith(front):
        prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
        assert prompt is not None, page.text
        answer = {"prompt": prompt[1], "login": login, "password": "any"}
        page = await browser.post(str(page.url.join(form[1])), data=answer)
    return page
