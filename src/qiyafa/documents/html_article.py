"""Which part of a page is the article."""

import re
from typing import Any, Final

_NEVER_PROSE: Final = frozenset(
    {
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "applet", "canvas",
        "audio", "video", "form", "button", "input", "select", "textarea", "option", "nav", "aside", "menu", "dialog",
        "map", "link", "meta", "head",
    }
)  # fmt: skip
_OUTSIDE_ROLES: Final = frozenset(
    {
        "navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog", "alertdialog",
        "toolbar",
    }
)  # fmt: skip
_PAGE_PARTS: Final = frozenset(
    {
        "ad", "ads", "advert", "advertisement", "banner", "breadcrumb", "breadcrumbs", "comment", "comments", "cookie",
        "cookies", "disqus", "footer", "hidden", "header-nav", "login", "masthead", "menu", "modal", "most-read",
        "mostread", "nav", "navbar", "navigation", "newsletter", "paywall", "popup", "promo", "ranking", "recommend",
        "recommended", "related", "related-articles", "share", "sharing", "sidebar", "social", "sponsor", "sponsored",
        "subscribe", "subscription", "tags", "toolbar", "trending", "widget", "skip-link", "sr-only",
        "screen-reader-text", "visually-hidden",
    }
)  # fmt: skip
"""Whole words of a class or id. `comment-count` is none of them, `comments` is."""
_NAME_PART: Final = re.compile(r"[\s_]+")
_HIDDEN_STYLE: Final = re.compile(r"(?:display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden)", re.IGNORECASE)
_HOLDERS: Final = frozenset({"div", "section", "article", "main", "body", "table", "tbody", "tr", "td"})
_LARGEST_PART: Final = 0.4
"""A page part by name alone that holds more of the page's text than this is a badly named article."""
_MOST_OF_TEXT: Final = 0.7
_LONGEST_STYLE: Final = 500


def without_page_parts(page: Any) -> None:
    """Take out of a page what is no prose, what is hidden, and what its names say is not the article."""
    whole = max(_weight(page), 1)
    doomed = []
    for element in page.iter():
        if not isinstance(element.tag, str) or element.tag in {"html", "body"}:
            continue
        is_small_part = _is_named_page_part(element) and _weight(element) < _LARGEST_PART * whole
        if is_small_part or element.tag in _NEVER_PROSE or _is_outside(element):
            doomed.append(element)
    for element in doomed:
        _drop(element)


def article_of(page: Any) -> Any:
    """Return the element of a page that is the article."""
    weights = _weights(page)
    whole = max(weights.get(page, 0), 1)
    for path in (".//*[@itemprop='articleBody']", ".//article", ".//main", ".//*[@role='main']"):
        stated = max(page.iterfind(path), key=lambda one: weights.get(one, 0), default=None)
        if stated is not None and weights.get(stated, 0) * 2 >= whole:
            return stated
    best = page
    while True:
        inner = max(best, key=lambda one: weights.get(one, 0), default=None)
        if inner is None or inner.tag not in _HOLDERS | {"html"} or weights.get(inner, 0) < _MOST_OF_TEXT * whole:
            return best
        best = inner


def _is_outside(element: Any) -> bool:
    if element.get("role", "").strip().lower() in _OUTSIDE_ROLES or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden", "").strip().lower() == "true":
        return True
    if element.tag in {"header", "footer"}:
        # Those of an article hold its headline and its sources; those of a page do not.
        return not any(outer.tag in {"article", "main"} for outer in element.iterancestors())
    return _HIDDEN_STYLE.search(element.get("style", "")[:_LONGEST_STYLE]) is not None


def _is_named_page_part(element: Any) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"[:_LONGEST_STYLE].lower()
    return any(name in _PAGE_PARTS for name in _NAME_PART.split(names))


def _weights(page: Any) -> dict[Any, int]:
    """Return how much prose each element holds: letters outside links, and only in blocks that hold some."""
    weights: dict[Any, int] = {}
    for element in reversed(list(page.iter())):
        if isinstance(element.tag, str):
            own = _own_letters(element)
            weights[element] = own + sum(weights.get(inner, 0) + len(inner.tail or "") for inner in element)
    return weights


def _own_letters(element: Any) -> int:
    return 0 if element.tag == "a" else len((element.text or "").strip())


def _weight(element: Any) -> int:
    return sum(len(part.strip()) for part in element.itertext())


def _drop(element: Any) -> None:
    """Take an element out, and keep what stands behind it."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
