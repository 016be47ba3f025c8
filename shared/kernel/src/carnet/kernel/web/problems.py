"""Errors as RFC 9457 problems: one place turns what went wrong into a status and a sentence to act on."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from carnet.kernel.decider import Rejected
from carnet.kernel.logs import get_logger
from carnet.kernel.sentence import Refusal, Sentence
from carnet.kernel.store.port import AppendRefused, StreamTombstoned, WrongRevision
from carnet.kernel.streams import KeyReused
from carnet.kernel.trouble import ENGINE_ERRORS, is_engine_trouble
from carnet.kernel.web.answer import FieldError, answer, told

log = get_logger(__name__)


class Unknown(Refusal):
    """Nothing is known by this id: `raise Unknown("The order {id}", id="4711")`."""

    def __init__(self, what: str, /, **values: object) -> None:
        super().__init__(Sentence("{what} is not known here; check its number.", what=Sentence(what, **values)))


class BadRequest(Refusal):
    """A header or parameter that cannot be read; `field` names it."""

    def __init__(self, field: str, sentence: str, status: int = 422, /, **values: object) -> None:
        super().__init__(sentence, **values)
        self.field, self.status = field, status


#: An exception's status and title; its text is the sentence. A context or the kernel may add its own.
PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    Rejected: (409, told("Not possible now")),
    WrongRevision: (412, told("Changed meanwhile")),
    Unknown: (404, told("Unknown")),
    KeyReused: (422, told("Key used before")),
    StreamTombstoned: (410, told("Closed for good")),
    AppendRefused: (422, told("Too large to be kept")),
}
CHANGED = told("Someone has changed this meanwhile; load it again and repeat your change.")
CONTENDED = told("Many are changing this at the same moment; try again.")
UNAVAILABLE = told("Carnet cannot write or read its data now; try again in a moment.")
UNFIT = told("What is asked holds a character or a number that is kept nowhere; leave it out.")
NOTHING_HERE = told("There is nothing at this address.")
BROKEN = told("Something went wrong on our side; tell the operator the correlation id.")


def install(app: FastAPI) -> None:
    """Answer every exception of `PROBLEMS`, FastAPI's own and Starlette's as problems."""
    for known in PROBLEMS:
        app.add_exception_handler(known, known_problem)
    for trouble in ENGINE_ERRORS:
        app.add_exception_handler(trouble, unavailable)
    app.add_exception_handler(DataError, unfit)
    app.add_exception_handler(BadRequest, bad_request)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)


async def known_problem(request: Request, error: Exception) -> Response:
    status, title = next(PROBLEMS[cls] for cls in type(error).__mro__ if cls in PROBLEMS)
    sentence = str(error)
    if isinstance(error, WrongRevision):
        asked = "if-match" in request.headers
        status, sentence = (status, CHANGED) if asked else (409, CONTENDED)
    return answer(request, status, sentence, title=title, errors=at_field(error))


def at_field(error: Exception) -> list[FieldError]:
    """Name the field that a refusal names."""
    named = error.field if isinstance(error, Rejected) else ""
    return [FieldError(field=named, message=str(error))] if named else []


async def unavailable(request: Request, error: Exception) -> Response:
    """Answer that an engine cannot work now; the command may have been kept, which its key finds out (promise 4)."""
    if not is_engine_trouble(error):
        raise error
    log.error("an engine cannot work", path=request.url.path, method=request.method, why=str(error))
    return answer(request, 503, UNAVAILABLE, headers={"Retry-After": "5"})


async def unfit(request: Request, _: Exception) -> Response:
    """Answer what a database cannot even compare with what it keeps: NUL characters, numbers without end."""
    return answer(request, 422, UNFIT)


async def bad_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, BadRequest):
        raise error
    wrong = FieldError(field=error.field, message=str(error))
    return answer(request, error.status, str(error), errors=[wrong])


async def invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [FieldError(field=path(each["loc"]), message=each["msg"]) for each in error.errors()]
    return answer(request, 422, "; ".join(f"{e.field}: {e.message}" for e in errors) + ".", errors=errors)


async def refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    sentence = NOTHING_HERE if error.detail == "Not Found" else error.detail
    return answer(request, error.status_code, sentence, headers=error.headers)


def broken(request: Request, error: Exception) -> Response:
    """Answer an error that nobody foresaw, and log it with its traceback."""
    log.error("unhandled", path=request.url.path, method=request.method, exc_info=error)
    return answer(request, 500, BROKEN, title="Failed")


def path(location: tuple[str | int, ...]) -> str:
    """Name a field as a person would: without where the framework found it."""
    inside = location[1:] if location and location[0] in {"body", "query", "path", "header", "cookie"} else location
    return ".".join(map(str, inside)) or "body"
