"""What it means when an engine fails: whether that is its trouble or the event's, and what to tell the operator."""

import errno
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.codec import UnknownEventType
from carnet.kernel.feed import FeedUnavailable
from carnet.kernel.store.port import StoreError

ENGINE_ERRORS: Final = (DBAPIError, BusUnavailable, StoreError, OSError, UnknownEventType)
"""What an engine that cannot work raises; some of these kinds mean other things too."""
DISK: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
UNKNOWN_OR_FORBIDDEN: Final = "42"
"""PostgreSQL's class of errors for a table, a column or a right that is missing: never the fault of a value."""


def is_engine_trouble(error: Exception) -> bool:
    """Say whether an engine could not work at all, rather than refuse what it was given."""
    if isinstance(error, OSError):
        return error.errno in DISK
    if isinstance(error, UnknownEventType):
        return True  # a later release wrote it, and will read it: nothing is to be passed over meanwhile
    return isinstance(error, BusUnavailable) or type(error) is StoreError or is_database_trouble(error)


def is_database_trouble(error: Exception) -> bool:
    if isinstance(error, OperationalError | InterfaceError | InternalError):
        return True
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", "")).startswith(UNKNOWN_OR_FORBIDDEN)


def first_line(error: Exception) -> str:
    """Give what an error says (of a group, what its first one says): without the statement that SQLAlchemy adds.

    SQLAlchemy leaves out of which engine it speaks, and this says so.
    """
    if isinstance(error, ExceptionGroup):
        return first_line(error.exceptions[0])
    said = f"The database cannot be used: {error.orig}" if isinstance(error, DBAPIError) else str(error)
    return " ".join((said.strip() or type(error).__name__).splitlines()[0].split())


def log_failure(log: Any, what: str, error: Exception, **where: str) -> None:
    """Log what failed: what comes again and again until it is back in a line, all else with its traceback."""
    if comes_back(error):
        log.error(what, why=first_line(error), **where)
    else:
        log.error(what, exc_info=error, **where)


def comes_back(error: Exception) -> bool:
    """Say whether somebody else does not answer now: an engine, or a producer's feed."""
    if isinstance(error, ExceptionGroup):
        return all(map(comes_back, error.exceptions))
    return is_engine_trouble(error) or isinstance(error, FeedUnavailable)
