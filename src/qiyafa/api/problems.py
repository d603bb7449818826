"""Every error as an HTTP answer: one shape (RFC 9457), one table of statuses. Nothing else here or below knows them."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qiyafa.model.errors import Conflict, Field, InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.text import shown, text

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:qiyafa:problem:"
_MOST_ERRORS: Final = 20


class Refusal(QiyafaError):
    """A request that is turned away before anything was looked up."""


class NotJson(Refusal):
    """A body that is no JSON, or JSON that says one thing twice."""


class NotKnown(Refusal):
    """No key, or one that is wrong, expired or revoked; or a signature that does not fit."""


class NotAllowed(Refusal):
    """A key that does not open this."""


class TooSlow(Refusal):
    """A body that did not arrive in time."""


class TooLarge(Refusal):
    """A body above the limit."""


class OtherMedia(Refusal):
    """A body of another media type."""


class OtherAnswer(Refusal):
    """A request for an answer of a media type that is not given here."""


class TooMany(Refusal):
    """More than a caller may ask in a while. Its field `seconds` says when to ask again."""


class Busy(Refusal):
    """More than the service can answer in time. Its field `seconds` says when to ask again."""


STATUSES: Final[dict[type[QiyafaError], HTTPStatus]] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotJson: HTTPStatus.BAD_REQUEST,
    NotKnown: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    OtherAnswer: HTTPStatus.NOT_ACCEPTABLE,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.CONTENT_TOO_LARGE if hasattr(HTTPStatus, "CONTENT_TOO_LARGE") else HTTPStatus(413),
    OtherMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""An error has the status of the first class here that it belongs to."""

_BY_FRAMEWORK: Final = {
    HTTPStatus.NOT_FOUND: "serve.error.no_path",
    HTTPStatus.METHOD_NOT_ALLOWED: "serve.error.no_method",
}
_WHEN_UNAVAILABLE: Final = 1
"""Seconds after which to ask again where an error does not say."""

SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Names the kind of problem; stable."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "pointer", "detail"],
                "properties": {"in": {"type": "string"}, "pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "verdict": {"type": "object", "description": "The verdict `unavailable`, whole."},
        "reasons": {"type": "array", "items": {"type": "string"}},
    },
}


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return how the service's description declares these errors."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
        for status in statuses
    }


def problem(error: QiyafaError, **more: object) -> Response:
    """Return the answer for an error, with further members of the problem document."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return _answer(status, error.key, error.fields, more, _headers(status, error))


def install(app: FastAPI) -> None:
    """Let an application answer every error in this shape."""
    app.add_exception_handler(QiyafaError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_misshapen)
    app.add_exception_handler(HTTPException, _on_framework)
    app.add_exception_handler(Exception, _on_mistake)


async def _on_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, QiyafaError)
    return problem(error)


async def _on_misshapen(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        {"in": str(one["loc"][0]), "pointer": _pointer(one["loc"][1:]), "detail": shown(str(one["msg"]))}
        for one in error.errors()[:_MOST_ERRORS]
    ]
    first = found[0]
    fields: dict[str, Field] = {"place": f"{first['in']} {first['pointer']}".strip(), "reason": first["detail"]}
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, "serve.error.misshapen", fields, {"errors": found}, {})


async def _on_framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    key = _BY_FRAMEWORK.get(status, "serve.error.not_understood")
    return _answer(status, key, {}, {}, dict(error.headers or {}))


async def _on_mistake(_: Request, error: Exception) -> Response:
    if isinstance(error, asyncio.CancelledError):
        raise error
    # The server closes the connection after a mistake; whoever keeps connections open must know.
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "serve.error.mistake", {}, {}, {"Connection": "close"})


def _answer(
    status: HTTPStatus, key: str, fields: dict[str, Field], more: Mapping[str, object], headers: dict[str, str]
) -> Response:
    document = {"type": _TYPE + key, "title": status.phrase, "status": status.value, "detail": text(key, **fields)}
    return Response(msgspec.json.encode(document | dict(more)), status, headers, MEDIA_TYPE)


def _headers(status: HTTPStatus, error: QiyafaError) -> dict[str, str]:
    if status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="qiyafa", Basic realm="qiyafa"'}
    if status in (STATUSES[TooLarge], HTTPStatus.REQUEST_TIMEOUT):
        # The rest of the body is not read.
        return {"Connection": "close"}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return {"Retry-After": str(error.fields.get("seconds", _WHEN_UNAVAILABLE))}
    return {}


def _pointer(place: tuple[int | str, ...]) -> str:
    """Return a place in a document as a JSON pointer (RFC 6901)."""
    return "".join("/" + shown(str(part)).replace("~", "~0").replace("/", "~1") for part in place)
