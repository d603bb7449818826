"""What a page says of itself: its title, who published it, where, when and in which language.

Read from Open Graph and Dublin Core meta elements, schema.org's JSON-LD and microdata, `<time>`, `<title>` and `<html
lang>`. All of it is what the page's author wrote, so it is a suggestion.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from qiyafa.documents.document import SelfDescription

_CHARSET: Final = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_TITLES: Final = ("og:title", "twitter:title", "dc.title", "headline")
_PUBLISHERS: Final = ("og:site_name", "dc.publisher", "publisher", "application-name")
_DATES: Final = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "dc.date", "parsely-pub-date", "sailthru.date", "publish-date", "pubdate",
    "publishdate", "publication_date", "article.published", "date",
)  # fmt: skip
_URLS: Final = ("og:url",)
_LONGEST: Final = 500
_LONGEST_JSON: Final = 500_000
_DEEPEST_JSON: Final = 6
_DAY: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)


def declared_encoding(start: bytes) -> str:
    """Return the encoding that the beginning of a page names; empty if it names none."""
    found = _CHARSET.search(start)
    return found[1].decode("ascii") if found else ""


def about_page(page: Any) -> SelfDescription:
    """Return what a page states about itself, before anything is taken out of it."""
    stated = _meta(page)
    linked = list(_json_ld(page))
    title = _first(stated, _TITLES) or _text_of(page, "h1") or _text_of(page, "title")
    url = _first(stated, _URLS) or _canonical(page)
    return SelfDescription(
        title=title,
        publisher=_first(stated, _PUBLISHERS) or next((name for name in map(_publisher, linked) if name), ""),
        url=url if url.startswith(("https://", "http://")) else "",
        language=(page.get("lang") or page.get("xml:lang") or "").strip().lower()[:20],
        published=_published(page, stated, linked),
    )


def _meta(page: Any) -> dict[str, str]:
    """Return the content of meta elements and microdata by name, the first of each."""
    stated: dict[str, str] = {}
    for element in page.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = " ".join((element.get("content") or "")[:_LONGEST].split())
        if name and content:
            stated.setdefault(name.strip().lower(), content)
    return stated


def _json_ld(page: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of schema.org descriptions that say when something was published."""
    for element in page.iter("script"):
        written = element.text or ""
        if (element.get("type") or "").strip().lower() == "application/ld+json" and len(written) <= _LONGEST_JSON:
            try:
                yield from _dated(json.loads(written), _DEEPEST_JSON)
            except (ValueError, RecursionError):
                continue


def _dated(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and isinstance(value.get("datePublished"), str):
        yield value
    elif depth and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _dated(inner, depth - 1)


def _publisher(described: dict[str, Any]) -> str:
    publisher = described.get("publisher")
    name = publisher.get("name") if isinstance(publisher, dict) else None
    return " ".join(name[:_LONGEST].split()) if isinstance(name, str) else ""


def _published(page: Any, stated: dict[str, str], linked: list[dict[str, Any]]) -> date | None:
    """Return the first date stated, most telling place first. The day is the one written, in the page's own zone."""
    times = [element.get("datetime") or "" for element in page.iter("time")]
    written = [stated.get(name, "") for name in _DATES[:5]]
    written += [one["datePublished"] for one in linked]
    written += [element.get("content") or element.text or "" for element in page.iterfind(".//*[@itemprop]")
                if (element.get("itemprop") or "").lower() == "datepublished"]  # fmt: skip
    written += [stated.get(name, "") for name in _DATES[5:]]
    # Several <time> elements are those of a list of articles.
    written += times if len({one[:10] for one in times}) == 1 else []
    return next((day for day in map(_day, written) if day is not None), None)


def _day(written: str) -> date | None:
    found = _DAY.match(written.strip()[:40])
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _canonical(page: Any) -> str:
    links = (one for one in page.iter("link") if (one.get("rel") or "").strip().lower() == "canonical")
    return next(((one.get("href") or "").strip()[: 4 * _LONGEST] for one in links), "")


def _text_of(page: Any, name: str) -> str:
    element = next(page.iter(name), None)
    return "" if element is None else " ".join("".join(element.itertext())[:_LONGEST].split())


def _first(stated: dict[str, str], names: tuple[str, ...]) -> str:
    return next((stated[name] for name in names if name in stated), "")
