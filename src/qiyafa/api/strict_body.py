"""The body of a request: read whole within its limits, and as JSON in which nothing is said twice."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from starlette.requests import ClientDisconnect, Request

from qiyafa.api.problems import NotJson, OtherMedia, TooLarge, TooSlow

MOST_BYTES: Final = 1 << 20
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, and how long it may take to arrive."""

    most_bytes: int = MOST_BYTES
    seconds: float = 10.0


class ReadRequest(Request):
    """A request whose body was read and checked before the framework sees it."""

    def __init__(self, request: Request, body: bytes, value: object) -> None:
        super().__init__(request.scope, request.receive)
        self._whole = body
        self._value = value

    async def body(self) -> bytes:
        """Return the bytes."""
        return self._whole

    async def json(self) -> Any:
        """Return what they say."""
        return self._value


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """Return the body. Raises TooLarge above the limit, TooSlow if it does not arrive in time."""
    if request.method not in _WITH_BODY:
        return b""
    declared = request.headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()) or int(declared) > limits.most_bytes:
        raise TooLarge("serve.error.too_large", most=limits.most_bytes)
    try:
        async with asyncio.timeout(limits.seconds):
            return await _read(request, limits)
    except TimeoutError as error:
        raise TooSlow("serve.error.body_late", seconds=int(limits.seconds)) from error
    except ClientDisconnect as error:
        raise TooSlow("serve.error.gone") from error


async def _read(request: Request, limits: BodyLimits) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limits.most_bytes:
            raise TooLarge("serve.error.too_large", most=limits.most_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


def read_json(request: Request, body: bytes) -> object:
    """Return what a body says; None for an empty one. Raises OtherMedia or NotJson."""
    if not body:
        return None
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise OtherMedia("serve.error.media")
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_number)
    except RecursionError as error:
        raise NotJson("serve.error.json", reason="nested too deeply") from error
    except ValueError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NotJson("serve.error.json", reason=reason) from error


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise NotJson("serve.error.json_twins", name=twin)
    return found


def _no_number(constant: str) -> NoReturn:
    raise NotJson("serve.error.json", reason=f"{constant} is no number of JSON")
