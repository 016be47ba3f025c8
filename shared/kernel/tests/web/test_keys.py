"""The issuer's keys: fetched once, again for a key not met before, and never hammered."""

import httpx
import pytest
from joserfc.jwk import ECKey, KeySet

from carnet.kernel.web.keys import AGAIN_AFTER, STALE_AFTER, KeysUnavailable, RemoteKeys

OLD, NEW = ECKey.generate_key("P-256", auto_kid=True), ECKey.generate_key("P-256", auto_kid=True)


class IssuerFake:
    def __init__(self):
        self.keys, self.asked, self.down = [OLD], 0, False

    def __call__(self, request):
        if self.down:
            return httpx.Response(503)
        if request.url.path == "/realm/.well-known/openid-configuration":
            return httpx.Response(200, json={"jwks_uri": "https://issuer.example/certs"})
        self.asked += 1
        return httpx.Response(200, json=KeySet(self.keys).as_dict(private=False))


@pytest.fixture
def issuer():
    return IssuerFake()


@pytest.fixture
def keys(issuer):
    client = httpx.AsyncClient(transport=httpx.MockTransport(issuer))
    found = RemoteKeys("https://issuer.example/realm/", client, clock=lambda: found.time)
    found.time = 1000.0
    return found


async def test_known_keys_are_fetched_once(keys, issuer):
    for _ in range(3):
        assert (await keys.find(OLD.kid)).kid == OLD.kid
    assert issuer.asked == 1


async def test_a_new_key_is_found_after_a_rotation(keys, issuer):
    await keys.find(OLD.kid)
    issuer.keys = [NEW]
    keys.time += AGAIN_AFTER + 1
    assert (await keys.find(NEW.kid)).kid == NEW.kid
    assert await keys.find(OLD.kid) is None


async def test_made_up_key_ids_do_not_hammer_the_issuer(keys, issuer):
    for n in range(20):
        assert await keys.find(f"made up {n}") is None
    assert issuer.asked == 1


async def test_a_key_that_was_taken_back_leaves_within_the_hour(keys, issuer):
    await keys.find(OLD.kid)
    issuer.keys = [NEW]
    keys.time += STALE_AFTER + 1
    assert await keys.find(OLD.kid) is None


async def test_known_keys_serve_while_the_issuer_is_down(keys, issuer):
    await keys.find(OLD.kid)
    issuer.down = True
    keys.time += STALE_AFTER + 1
    assert (await keys.find(OLD.kid)).kid == OLD.kid


async def test_an_issuer_that_was_never_reached_is_tried_again_at_once(keys, issuer):
    issuer.down = True
    with pytest.raises(KeysUnavailable):
        await keys.find(OLD.kid)
    issuer.down = False
    assert (await keys.find(OLD.kid)).kid == OLD.kid


async def test_nobody_gets_in_while_keys_are_unavailable(app, client, token, keys, issuer):
    issuer.down = True
    app.state.keys = keys
    assert (await client(token("admin")).get("/lifts/me")).status_code == 503
