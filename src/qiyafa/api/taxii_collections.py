"""TAXII 2.1, sections 5.3 to 5.8: the objects of a collection, one of them, its versions, and the manifest."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from qiyafa.api.front import front_of
from qiyafa.api.taxii_guard import MemberRoute, member_of
from qiyafa.api.taxii_media import MEDIA_TYPE, answer
from qiyafa.api.taxii_query import FILTERS, ID, PAGING, VERSIONS, described, is_id, page_headers, page_mark, read_match
from qiyafa.api.taxii_roots import COLLECTION_PARAMETER, ROOT, STATUS, STIX_MEDIA, in_path, resource, seen
from qiyafa.app.exchange import Exchange
from qiyafa.model.collection import Collection, Match, Page, written_moment
from qiyafa.model.errors import NotFound

Found = TypeVar("Found")

_PATH: Final = ROOT + "collections/{collection}/"
_OBJECT: Final = in_path("object", ID)
_PAGED: Final = {"more": {"type": "boolean"}, "next": {"type": "string"}}
_ENVELOPE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {**_PAGED, "objects": {"type": "array", "items": {"type": "object"}}},
}
_MANIFEST: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **_PAGED,
        "objects": {"type": "array", "items": {"type": "object", "required": ["id", "date_added", "version"]}},
    },
}
_VERSIONS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {**_PAGED, "versions": {"type": "array", "items": {"type": "string"}}},
}
_SENT: Final = {"required": True, "content": {MEDIA_TYPE: {"schema": _ENVELOPE}}}

router = APIRouter(tags=["TAXII"], route_class=MemberRoute)


@router.get(
    _PATH + "objects/",
    response_class=Response,
    responses=resource(_ENVELOPE),
    openapi_extra={"parameters": [COLLECTION_PARAMETER, *described(*PAGING, *FILTERS)]},
)
async def objects(request: Request) -> Response:
    """Return objects in the order in which they came in, by default each in its last version."""
    match, receiver = read_match(request.query_params), member_of(request).sender.name
    return _envelope(await _shared(request, "read", lambda exchange, of: exchange.objects(of, match, receiver)))


@router.post(
    _PATH + "objects/",
    response_class=Response,
    status_code=202,
    responses=resource(STATUS, 408, 413, 415, status=202),
    openapi_extra={"parameters": [COLLECTION_PARAMETER], "requestBody": _SENT},
)
async def add_objects(request: Request) -> Response:
    """Take in an envelope, and say what became of each object."""
    content, sender = await request.body(), member_of(request).sender
    return answer(await _shared(request, "write", lambda exchange, of: exchange.receive(of, content, sender)), 202)


@router.get(
    _PATH + "objects/{object}/",
    response_class=Response,
    responses=resource(_ENVELOPE),
    openapi_extra={"parameters": [COLLECTION_PARAMETER, _OBJECT, *described(*PAGING, *VERSIONS)]},
)
async def one_object(request: Request) -> Response:
    """Return versions of one object, by default the last one."""
    id, match = _object(request)
    receiver = member_of(request).sender.name
    return _envelope(await _shared(request, "read", lambda exchange, of: exchange.one(of, id, match, receiver)))


@router.delete(
    _PATH + "objects/{object}/",
    response_class=Response,
    responses=resource({}),
    openapi_extra={"parameters": [COLLECTION_PARAMETER, _OBJECT, *described(*VERSIONS)]},
)
async def delete_object(request: Request) -> Response:
    """Remove versions of an object that the caller added, by default the last one."""
    _, match = _object(request)
    member = member_of(request)

    def removed(exchange: Exchange, of: Collection) -> None:
        member.check("read", of)
        exchange.delete(of, match, member.sender)

    await _shared(request, "write", removed)
    return answer(b"{}")


@router.get(
    _PATH + "objects/{object}/versions/",
    response_class=Response,
    responses=resource(_VERSIONS),
    openapi_extra={
        "parameters": [COLLECTION_PARAMETER, _OBJECT, *described(*PAGING, "match[spec_version]")],
    },
)
async def versions(request: Request) -> Response:
    """Return which versions of an object there are."""
    id, match = _object(request, versions=("all",))
    page = await _shared(request, "read", lambda exchange, of: exchange.versions(of, id, match))
    told = {"versions": [written_moment(one.version) for one in page.items]} if page.items else {}
    return answer(msgspec.json.encode(page_mark(page) | told), headers=page_headers(page))


@router.get(
    _PATH + "manifest/",
    response_class=Response,
    responses=resource(_MANIFEST),
    openapi_extra={"parameters": [COLLECTION_PARAMETER, *described(*PAGING, *FILTERS)]},
)
async def manifest(request: Request) -> Response:
    """Return which objects there are, without themselves."""
    match = read_match(request.query_params)
    page = await _shared(request, "read", lambda exchange, of: exchange.listed(of, match))
    records = [
        {
            "id": one.id,
            "date_added": written_moment(one.added),
            "version": written_moment(one.version),
            "media_type": STIX_MEDIA,
        }
        for one in page.items
    ]
    told = {"objects": records} if records else {}
    return answer(msgspec.json.encode(page_mark(page) | told), headers=page_headers(page))


async def _shared(request: Request, verb: str, work: Callable[[Exchange, Collection], Found]) -> Found:
    """Return what the exchange answers for the collection of a path, if it is open for the verb."""
    member = member_of(request)

    def checked(exchange: Exchange) -> Found:
        found = seen(exchange, request, member)
        member.check(verb, found)
        return work(exchange, found)

    return await front_of(request).share(checked)


def _object(request: Request, *, versions: tuple[str, ...] = ()) -> tuple[str, Match]:
    """Return the object of a path, and what is asked of it. Raises NotFound for what is no identifier."""
    id = request.path_params["object"]
    if not is_id(id):
        raise NotFound("taxii.error.no_object", object=id)
    query = dict(request.query_params)
    if versions:
        query["match[version]"] = ",".join(versions)
    return id, read_match(query, id)


def _envelope(page: Page) -> Response:
    """Return a page of objects, their bytes as they are."""
    parts = [b"%s:%s" % (msgspec.json.encode(k), msgspec.json.encode(v)) for k, v in page_mark(page).items()]
    if page.items:
        parts.append(b'"objects":[' + b",".join(one.body for one in page.items) + b"]")
    return answer(b"{" + b",".join(parts) + b"}", headers=page_headers(page))
