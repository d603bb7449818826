"""What every request to a collection passes first: media type, key, pace and body; its errors are TAXII's.

The key stands where our other endpoints take it, or is the password of HTTP Basic credentials, as TAXII clients send
it. A scope names a collection: `taxii:read:NAME`, `taxii:write:NAME`, or `*` for every one. Without any key, on
loopback, everything is open.
"""

from dataclasses import dataclass
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from qiyafa.api.credentials import check_signature, known_caller, password_in
from qiyafa.api.front import front_of
from qiyafa.api.guard import Handler, address_of, in_time
from qiyafa.api.problems import NotAllowed
from qiyafa.api.strict_body import BodyLimits, ReadRequest, read_body
from qiyafa.api.taxii_media import check_media, error_message
from qiyafa.app.exchange import Sender
from qiyafa.app.keys import TAXII
from qiyafa.model.collection import Collection
from qiyafa.model.errors import NotFound, QiyafaError
from qiyafa.stores.keys import KeyRecord

LIMITS: Final = BodyLimits(most_bytes=10 << 20, seconds=30.0)
SCHEMES: Final = {"Bearer": {"type": "http", "scheme": "bearer"}, "KeyAsPassword": {"type": "http", "scheme": "basic"}}
"""How the service's description names the places for a key here."""
_LOCAL: Final = "local"


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks, and what is open to them."""

    key: KeyRecord | None
    """None where no key is needed."""

    @property
    def sender(self) -> Sender:
        """By which name deliveries are noted, and what comes in is kept."""
        if self.key is None:
            return Sender(_LOCAL, _LOCAL)
        return Sender(self.key.prefix, f"{self.key.name} ({self.key.prefix})")

    def may(self, verb: str, collection: Collection) -> bool:
        """Whether a collection is open for `read` or `write`."""
        if self.key is None:
            return True
        return not self.key.scopes.isdisjoint({f"{TAXII}:{verb}:{collection.name}", f"{TAXII}:{verb}:*"})

    def sees(self, collection: Collection) -> bool:
        """Whether a collection is there for them at all."""
        return self.may("read", collection) or self.may("write", collection)

    def check(self, verb: str, collection: Collection) -> None:
        """Raise NotFound for a collection that is not there for them, NotAllowed for one that is not open so."""
        if not self.sees(collection):
            raise NotFound("taxii.error.no_collection", name=collection.name)
        if not self.may(verb, collection):
            raise NotAllowed("serve.error.key_narrow", scope=f"{TAXII}:{verb}:{collection.name}")


class MemberRoute(APIRoute):
    """A route for members. The key is checked before a byte of the body is read."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        security: dict[str, object] = {"security": [{name: []} for name in SCHEMES]}
        super().__init__(*arguments, **{**named, "openapi_extra": security | (named.get("openapi_extra") or {})})

    def get_route_handler(self) -> Handler:  # type: ignore[override]
        """Return the route's handler behind the guard."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await _guarded(handler, request)
            except (QiyafaError, RequestValidationError) as error:
                return error_message(error)

        return handle


async def _guarded(handler: Handler, request: Request) -> Response:
    front = front_of(request)
    record = known_caller(request, front.ring, password_in)
    if record is not None and not any(one.startswith(f"{TAXII}:") for one in record.scopes):
        raise NotAllowed("serve.error.key_narrow", scope=f"{TAXII}:read:*")
    front.pace.take(record.prefix if record is not None else address_of(request))
    check_media(request)
    body = await read_body(request, LIMITS)
    if record is not None and record.is_signed:
        check_signature(request, record, body, front.ring.now())
    checked = ReadRequest(request, body, None)
    checked.state.member = Member(record)
    return await in_time(handler(checked), front)


def member_of(request: Request) -> Member:
    """Return who asks."""
    member = request.state.member
    assert isinstance(member, Member)
    return member
