"""The server's HTTP for its users, over TLS: made and given another password by an admin, as its source answers."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from engines.eventstore.accounts import ADMINS, Accounts, User
from engines.eventstore.server import HOST, Tls


@contextmanager
def users_over_http(accounts: Accounts, tls: Tls) -> Iterator[str]:
    """Give the address at which users are made for as long as the block runs."""
    server = ThreadingHTTPServer((HOST, 0), partial(Users, accounts))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Users(BaseHTTPRequestHandler):
    """`POST /users/` and `POST /users/NAME/command/reset-password`."""

    def __init__(self, accounts: Accounts, *connection: Any) -> None:
        self.accounts = accounts
        super().__init__(*connection)

    def do_POST(self) -> None:  # http.server's name
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        admin = self.accounts.known(self.headers["Authorization"])
        self.send_response(self.done(body) if admin and ADMINS in admin.groups else HTTPStatus.UNAUTHORIZED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def done(self, body: dict[str, Any]) -> HTTPStatus:
        match self.path.strip("/").split("/"):
            case ["users"] if body["loginName"] in self.accounts.users:
                return HTTPStatus.CONFLICT
            case ["users"]:
                name = body["loginName"]
                self.accounts.users[name] = User(name, body["password"], frozenset(body["groups"]))
                return HTTPStatus.CREATED
            case ["users", name, "command", "reset-password"] if name in self.accounts.users:
                self.accounts.users[name].password = body["newPassword"]
                return HTTPStatus.OK
            case _:
                return HTTPStatus.NOT_FOUND

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
