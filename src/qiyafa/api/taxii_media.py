"""What TAXII 2.1 says of media types and errors: one media type in and out, and errors as its error messages."""

from typing import Any, Final

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from qiyafa.api.problems import OtherAnswer, OtherMedia, problem
from qiyafa.model.errors import Conflict, InvalidInput, QiyafaError, Unavailable

MEDIA_TYPE: Final = "application/taxii+json;version=2.1"
_NAME: Final = "application/taxii+json"
_ANY: Final = frozenset({"*/*", "application/*"})
_WITH_BODY: Final = "POST"
_NOT_OURS: Final = ("content-length", "content-type")

ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["title", "http_status"],
    "properties": {
        "title": {"type": "string"},
        "description": {"type": "string", "description": "What is wrong, and what to do."},
        "error_code": {"type": "string", "description": "Names the kind of error; stable."},
        "http_status": {"type": "string"},
    },
}


def answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a resource of TAXII."""
    return Response(body, status, headers, MEDIA_TYPE)


def check_media(request: Request) -> None:
    """Raise OtherAnswer if the caller takes no TAXII 2.1, OtherMedia for a body that says it is something else."""
    accepted = request.headers.get("accept", "*/*")
    if not any(_is_ours(one, _ANY) for one in accepted.split(",")):
        raise OtherAnswer("taxii.error.accept", media=MEDIA_TYPE)
    if request.method == _WITH_BODY and not _is_ours(request.headers.get("content-type", "")):
        raise OtherMedia("taxii.error.content_type", media=MEDIA_TYPE)


def error_message(error: QiyafaError | RequestValidationError) -> Response:
    """Return an error as a message of TAXII 2.1, section 3.6.1, with the status that it has everywhere here."""
    known = error if isinstance(error, QiyafaError) else InvalidInput("taxii.error.request")
    if type(known) is Conflict:
        # What is wrong with our own store is no mistake of who asks.
        known = Unavailable(known.key, **known.fields)
    said = problem(known)
    document = msgspec.json.decode(said.body)
    message = {
        "title": document["title"],
        "description": document["detail"],
        "error_code": known.key,
        "http_status": str(said.status_code),
    }
    headers = {name: value for name, value in said.headers.items() if name not in _NOT_OURS}
    return answer(msgspec.json.encode(message), said.status_code, headers)


def _is_ours(written: str, others: frozenset[str] = frozenset()) -> bool:
    name, *parameters = (part.strip().lower() for part in written.split(";"))
    if "q=0" in parameters:
        return False
    versions = [one.partition("=")[2].strip('" ') for one in parameters if one.partition("=")[0].strip() == "version"]
    return name in others or (name == _NAME and versions in ([], ["2.1"]))
