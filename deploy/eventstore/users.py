#!/usr/bin/env python3
"""Makes a context's user on its own EventStoreDB, or gives it another password, and lets nobody else in.

    STORE=esdb://admin:…@HOST:2113 PASSWORD=… python users.py CONTEXT https://HOST:2113

It needs a Python that has the service, as its image's. Users are made over HTTP; who may what is an event in
`$settings`, appended over gRPC: over HTTP that stream is closed where AtomPub is off, as it is by default. The user is
in no group; it may read and append, and read `$all`, which the relay follows. It may write no stream of the system's:
who may write `$settings` may do all. Production runs one server for each context: a prefix of names is no wall.
"""

import asyncio
import json
import os
import ssl
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from carnet.kernel.store.eventstore.address import Address
from carnet.kernel.store.eventstore.client import NewEvent, StreamState

ADMINS = "$admins"


def make_user(name: str, password: str, address: str, store: str) -> None:
    """Make the user; one that is there gets the password."""
    with httpx.Client(base_url=address, auth=admin_of(store), verify=trusted_by(store)) as asked:
        made = asked.post("/users/", json={"loginName": name, "fullName": name, "groups": [], "password": password})
        if made.status_code == httpx.codes.CONFLICT:
            made = asked.post(f"/users/{name}/command/reset-password", json={"newPassword": password})
        made.raise_for_status()


def admin_of(store: str) -> tuple[str, str]:
    """Give the login that a store's URI has."""
    parts = urlsplit(store)
    return unquote(parts.username or ""), unquote(parts.password or "")


def trusted_by(store: str) -> ssl.SSLContext:
    """Trust who signed the server's certificate: the file that a store's URI names, else this machine's."""
    options = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(store).query).items()}
    return ssl.create_default_context(cafile=options.get("tlscafile"))


async def let_in_alone(name: str, store: str) -> None:
    """Set the ACL that holds for every stream without one of its own."""
    both, others = [ADMINS, name], dict.fromkeys(("$d", "$mr", "$mw"), ADMINS)
    of_the_context = {"$r": both, "$w": both, **others}
    acl = {"$userStreamAcl": of_the_context, "$systemStreamAcl": {**of_the_context, "$w": ADMINS}}
    client = Address.parse(store).client()
    await client.connect()
    event = NewEvent(type="update-default-acl", data=json.dumps(acl).encode())
    await client.append_to_stream("$settings", current_version=StreamState.ANY, events=[event])
    await client.close()


if __name__ == "__main__":
    context, http = sys.argv[1:]
    make_user(context, os.environ["PASSWORD"], http, os.environ["STORE"])
    asyncio.run(let_in_alone(context, os.environ["STORE"]))
