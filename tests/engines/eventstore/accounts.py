"""Who is known to the server, and what each may do: as its source decides, but for ACLs of single streams."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from engines.eventstore.log import Log

ADMINS: Final = "$admins"
EVERYBODY: Final = "$all"
RIGHTS: Final = ("$r", "$w", "$d", "$mr", "$mw")
DEFAULT: Final[Mapping[str, Mapping[str, Any]]] = {
    "$userStreamAcl": dict.fromkeys(RIGHTS, EVERYBODY),
    "$systemStreamAcl": dict.fromkeys(RIGHTS, ADMINS),
}


@dataclass
class User:
    """A person or a program, with a password and its groups."""

    name: str
    password: str
    groups: frozenset[str] = frozenset()


@dataclass
class Accounts:
    """The users by name; what they may do by default stands in the log, in the newest event of `$settings`."""

    log: Log
    users: dict[str, User] = field(default_factory=dict)

    def known(self, ticket: str | None) -> User | None:
        """Give whom an Authorization header (Basic) is of; None where it is wrong."""
        if not ticket or not ticket.startswith("Basic "):
            return None
        name, _, password = b64decode(ticket.removeprefix("Basic ")).decode().partition(":")
        user = self.users.get(name)
        return user if user and user.password == password else None

    def may(self, user: User, right: str, stream: str) -> bool:
        """Say whether a user has a right (`$r`, `$w`, `$d`) on a stream, or on `$all`."""
        kind = "$systemStreamAcl" if stream.startswith("$") else "$userStreamAcl"
        newest = self.log.streams["$settings"][-1:]
        told = json.loads(newest[0].data).get(kind, {}) if newest else {}
        named = told.get(right, DEFAULT[kind][right])
        roles = {named} if isinstance(named, str) else set(named)
        return ADMINS in user.groups or not roles.isdisjoint({EVERYBODY, user.name, *user.groups})
