"""What a request to a collection asks for: the filters and the paging of TAXII 2.1, sections 3.4 and 3.5."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from qiyafa.model.collection import ALL, FIRST, LAST, MOST_IN_PAGE, Match, Page, written_moment
from qiyafa.model.errors import InvalidInput
from qiyafa.stores.moments import microseconds, moment_of

ID: Final = r"^[a-z][a-z0-9-]{1,248}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_IS_ID: Final = re.compile(ID, re.ASCII)
_TYPE: Final = re.compile(r"[a-z0-9-]{1,250}", re.ASCII)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z", re.ASCII)
_SPEC: Final = re.compile(r"[0-9]\.[0-9]", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_MOST_VALUES: Final = 1000
_LAST_MOMENT: Final = microseconds(datetime(9999, 12, 31, tzinfo=UTC))
_FIRST_MOMENT: Final = microseconds(datetime(1, 1, 2, tzinfo=UTC))

Query = Mapping[str, str]
Value = TypeVar("Value")


def read_match(query: Query, id: str | None = None) -> Match:
    """Return what a query asks for, of one object where its id is given. Raises InvalidInput for what is no filter."""
    page_mark = query.get("next")
    after = moment_of(_mark(page_mark)) if page_mark is not None else _one(query, "added_after", _moment)
    limit = _one(query, "limit", _limit)
    return Match(
        ids=(id,) if id is not None else _several(query, "match[id]", _id),
        types=() if id is not None else _several(query, "match[type]", _type),
        versions=_several(query, "match[version]", _version) or (LAST,),
        spec_versions=_several(query, "match[spec_version]", _spec),
        after=after,
        limit=MOST_IN_PAGE if limit is None else min(limit, MOST_IN_PAGE),
    )


def is_id(written: str) -> bool:
    """Tell whether a text is the identifier of a STIX object."""
    return _IS_ID.fullmatch(written) is not None


def page_mark(page: Page) -> dict[str, object]:
    """Return the members that say how a page goes on."""
    return {"more": True, "next": str(microseconds(page.items[-1].added))} if page.more and page.items else {}


def page_headers(page: Page) -> dict[str, str]:
    """Return the headers that say when the first and the last object of a page came in."""
    if not page.items:
        return {}
    ends = {"First": page.items[0], "Last": page.items[-1]}
    return {f"X-TAXII-Date-Added-{name}": written_moment(one.added) for name, one in ends.items()}


def described(*names: str) -> list[dict[str, Any]]:
    """Return parameters of a query as OpenAPI describes them."""
    return [{"name": name, "in": "query", "required": False, "schema": _SCHEMAS[name]} for name in names]


_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "added_after": {"type": "string", "pattern": f"^{_MOMENT.pattern}$"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 10**17},
    "next": {"type": "string", "pattern": "^[0-9]{1,15}$", "description": "As the page before said."},
    "match[id]": {"type": "string", "pattern": ID, "description": "Several, separated by commas."},
    "match[type]": {"type": "string", "pattern": f"^{_TYPE.pattern}$"},
    "match[version]": {"type": "string", "pattern": f"^(first|last|all|{_MOMENT.pattern})$"},
    "match[spec_version]": {"type": "string", "pattern": f"^{_SPEC.pattern}$"},
}
PAGING: Final = ("added_after", "limit", "next")
VERSIONS: Final = ("match[version]", "match[spec_version]")
FILTERS: Final = ("match[id]", "match[type]", *VERSIONS)


def _one(query: Query, name: str, read: Callable[[str], Value | None]) -> Value | None:
    if name not in query:
        return None
    value = read(query[name])
    if value is None:
        raise InvalidInput("taxii.error.filter", name=name, value=query[name])
    return value


def _several(query: Query, name: str, read: Callable[[str], Value | None]) -> tuple[Value, ...]:
    if name not in query:
        return ()
    written = query[name].split(",")
    if len(written) > _MOST_VALUES:
        raise InvalidInput("taxii.error.filter_long", name=name, most=_MOST_VALUES)
    values = [read(one.strip()) for one in written]
    good = tuple(one for one in values if one is not None)
    if len(good) < len(values):
        raise InvalidInput("taxii.error.filter", name=name, value=query[name])
    return good


def _mark(written: str) -> int:
    if _NUMBER.fullmatch(written) is None or int(written) > _LAST_MOMENT:
        raise InvalidInput("taxii.error.filter", name="next", value=written)
    return int(written)


def _id(written: str) -> str | None:
    return written if is_id(written) else None


def _type(written: str) -> str | None:
    return written if _TYPE.fullmatch(written) else None


def _spec(written: str) -> str | None:
    return written if _SPEC.fullmatch(written) else None


def _limit(written: str) -> int | None:
    return (int(written) or None) if _NUMBER.fullmatch(written) else None


def _version(written: str) -> str | datetime | None:
    return written if written in (FIRST, LAST, ALL) else _moment(written)


def _moment(written: str) -> datetime | None:
    if _MOMENT.fullmatch(written) is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if _FIRST_MOMENT <= microseconds(moment) <= _LAST_MOMENT else None
