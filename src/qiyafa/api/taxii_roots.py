"""TAXII 2.1, sections 4 and 5.1 to 5.2: what server this is, its API root, its collections, and statuses."""

from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from qiyafa.api.front import front_of
from qiyafa.api.taxii_guard import LIMITS, Member, MemberRoute, member_of
from qiyafa.api.taxii_media import ERROR, MEDIA_TYPE, answer
from qiyafa.app.exchange import Exchange
from qiyafa.model.collection import COLLECTION_NAME, STIX_VERSION, Collection
from qiyafa.model.errors import NotFound
from qiyafa.text import text

DISCOVERY: Final = "/taxii2/"
ROOT: Final = "/taxii2/record/"
STIX_MEDIA: Final = f"application/stix+json;version={STIX_VERSION}"
_UUID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

router = APIRouter(tags=["TAXII"], route_class=MemberRoute)


def resource(schema: dict[str, Any], *errors: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return how the service's description declares an answer and its errors."""
    found: dict[int | str, dict[str, Any]] = {
        status: {"description": "As TAXII 2.1 has it.", "content": {MEDIA_TYPE: {"schema": schema}}}
    }
    every = (400, 401, 403, 404, 406, 429, 500, 503, *errors)
    return found | {one: {"description": "Refused.", "content": {MEDIA_TYPE: {"schema": ERROR}}} for one in every}


def in_path(name: str, pattern: str) -> dict[str, Any]:
    """Return a parameter of a path as OpenAPI describes it."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


COLLECTION_PARAMETER: Final = in_path("collection", f"^{COLLECTION_NAME.pattern}$")
_TEXT: Final = {"type": "string"}
_COLLECTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "title", "can_read", "can_write"],
    "properties": {
        "id": _TEXT,
        "title": _TEXT,
        "alias": _TEXT,
        "description": _TEXT,
        "can_read": {"type": "boolean"},
        "can_write": {"type": "boolean"},
        "media_types": {"type": "array", "items": _TEXT},
    },
}
_DISCOVERY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["title"],
    "properties": {"title": _TEXT, "default": _TEXT, "api_roots": {"type": "array", "items": _TEXT}},
}
_ROOT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["title", "versions", "max_content_length"],
    "properties": {
        "title": _TEXT,
        "versions": {"type": "array", "items": _TEXT},
        "max_content_length": {"type": "integer"},
    },
}
STATUS: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "status", "total_count", "success_count", "failure_count", "pending_count"],
    "properties": {"id": _TEXT, "status": {"enum": ["complete", "pending"]}, "request_timestamp": _TEXT},
}


@router.get(DISCOVERY, response_class=Response, responses=resource(_DISCOVERY))
async def discovery() -> Response:
    """Say where the API root is; relative, so that it is right behind any proxy."""
    told = {"title": "Qiyafa", "description": text("taxii.word.server"), "default": ROOT, "api_roots": [ROOT]}
    return answer(msgspec.json.encode(told))


@router.get(ROOT, response_class=Response, responses=resource(_ROOT))
async def api_root() -> Response:
    """Say what the API root takes."""
    told = {
        "title": text("taxii.word.root"),
        "versions": ["application/taxii+json;version=2.1"],
        "max_content_length": LIMITS.most_bytes,
    }
    return answer(msgspec.json.encode(told))


@router.get(
    ROOT + "status/{status}/",
    response_class=Response,
    responses=resource(STATUS),
    openapi_extra={"parameters": [in_path("status", _UUID)]},
)
async def status(request: Request) -> Response:
    """Say what became of an envelope that the caller sent."""
    id, sender = request.path_params["status"], member_of(request).sender
    return answer(await front_of(request).share(lambda exchange: exchange.status(id, sender)))


@router.get(
    ROOT + "collections/",
    response_class=Response,
    responses=resource({"type": "object", "properties": {"collections": {"type": "array", "items": _COLLECTION}}}),
)
async def collections(request: Request) -> Response:
    """List the collections that are open to the caller."""
    member = member_of(request)
    found = await front_of(request).share(lambda exchange: exchange.store.all())
    told = [collection_resource(one, member) for one in found if member.sees(one)]
    return answer(msgspec.json.encode({"collections": told} if told else {}))


@router.get(
    ROOT + "collections/{collection}/",
    response_class=Response,
    responses=resource(_COLLECTION),
    openapi_extra={"parameters": [COLLECTION_PARAMETER]},
)
async def collection(request: Request) -> Response:
    """Describe one collection."""
    member = member_of(request)
    found = await front_of(request).share(lambda exchange: seen(exchange, request, member))
    return answer(msgspec.json.encode(collection_resource(found, member)))


def seen(exchange: Exchange, request: Request, member: Member) -> Collection:
    """Return the collection of a request's path. Raises NotFound where the caller may not know of it."""
    name = request.path_params["collection"]
    found = exchange.find(name) if name.isascii() and name.isprintable() else None
    if found is None or not member.sees(found):
        raise NotFound("taxii.error.no_collection", name=name)
    return found


def collection_resource(found: Collection, member: Member) -> dict[str, Any]:
    """Return a collection as TAXII describes it to one caller."""
    return {
        "id": found.id,
        "title": found.title,
        "description": found.tlp.value,
        "alias": found.name,
        "can_read": member.may("read", found),
        "can_write": member.may("write", found),
        "media_types": [STIX_MEDIA],
    }
