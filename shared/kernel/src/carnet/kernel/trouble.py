"""What it means when an engine fails: whether that is its trouble or the event's, and what to tell the operator."""

import errno
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.store.port import StoreError

ENGINE_ERRORS: Final = (DBAPIError, BusUnavailable, StoreError, OSError)
"""What an engine that cannot work raises; some of these kinds mean other things too."""
DISK: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
UNKNOWN_OR_FORBIDDEN: Final = "42"
"""PostgreSQL's class of errors for a table, a column or a right that is missing: never the fault of a value."""


def is_engine_trouble(error: Exception) -> bool:
    """Say whether an engine could not work at all, rather than refuse what it was given."""
    if isinstance(error, OSError):
        return error.errno in DISK
    return isinstance(error, BusUnavailable) or type(error) is StoreError or is_database_trouble(error)


def is_database_trouble(error: Exception) -> bool:
    if isinstance(error, OperationalError | InterfaceError | InternalError):
        return True
    return isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", "")).startswith(UNKNOWN_OR_FORBIDDEN)


def first_line(error: Exception) -> str:
    """Give what an error says, without the statement that SQLAlchemy adds and with the engine that it leaves out."""
    said = f"The database cannot be used: {error.orig}" if isinstance(error, DBAPIError) else str(error)
    return " ".join((said.strip() or type(error).__name__).splitlines()[0].split())


def log_failure(log: Any, what: str, error: Exception, **where: str) -> None:
    """Log what failed: an engine's trouble in a line, since it comes again and again, all else with its traceback."""
    if is_engine_trouble(error):
        log.error(what, why=first_line(error), **where)
    else:
        log.error(what, exc_info=error, **where)
