"""What every request passes before its route sees it: key, pace, body, and a limit of time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from qiyafa.api.credentials import SCHEMES, caller_of, check_signature
from qiyafa.api.front import Front, front_of
from qiyafa.api.problems import Busy
from qiyafa.api.strict_body import ReadRequest, read_body, read_json

Handler = Callable[[Request], Awaitable[Response]]


def guarded(scope: str) -> type[APIRoute]:
    """Return the kind of route that only a key with this scope opens."""

    class GuardedRoute(APIRoute):
        """A route behind the guard. The key is checked before a byte of the body is read."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            # Said in the description alone: the framework's own way costs more than the check itself.
            security: dict[str, object] = {"security": [{name: []} for name in SCHEMES]}
            super().__init__(*arguments, **{**named, "openapi_extra": security | (named.get("openapi_extra") or {})})

        def get_route_handler(self) -> Handler:  # type: ignore[override]
            """Return the route's handler behind the guard."""
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                front = front_of(request)
                record = caller_of(request, front.ring, scope)
                caller = record.prefix if record is not None else address_of(request)
                front.pace.take(caller)
                body = await read_body(request, front.limits.body)
                if record is not None and record.is_signed:
                    check_signature(request, record, body, front.ring.now())
                checked = ReadRequest(request, body, read_json(request, body))
                checked.state.caller = caller
                return await in_time(handler(checked), front)

            return handle

    return GuardedRoute


async def in_time(answer: Awaitable[Response], front: Front) -> Response:
    """Return an answer. Raises Busy if it is not ready in time."""
    try:
        async with asyncio.timeout(front.limits.request_seconds):
            return await answer
    except TimeoutError as error:
        raise Busy("serve.error.out_of_time", seconds=1) from error


def address_of(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else ""
