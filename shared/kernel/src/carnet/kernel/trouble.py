"""What it means when an engine fails: whether that is its trouble or the event's, and what to tell the operator."""

import errno
from typing import Final

from sqlalchemy.exc import OperationalError

from carnet.kernel.bus.port import BusUnavailable
from carnet.kernel.store.port import StoreError

ENGINE_ERRORS: Final = (OperationalError, BusUnavailable, StoreError, OSError)
"""What an engine that cannot work raises; some of these kinds mean other things too."""
DISK: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}


def is_engine_trouble(error: Exception) -> bool:
    """Say whether an engine could not work at all, rather than refuse what it was given."""
    if isinstance(error, OSError):
        return error.errno in DISK
    return isinstance(error, OperationalError | BusUnavailable) or type(error) is StoreError


def first_line(error: Exception) -> str:
    """Give what an error says, without the statement that SQLAlchemy adds."""
    said = error.orig if isinstance(error, OperationalError) else error
    return (str(said).strip() or type(error).__name__).splitlines()[0]
