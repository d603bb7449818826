"""Section: what the answer does not cover. Unknown is not clean."""

from collections import Counter
from collections.abc import Sequence

from qiyafa.model.finding import Gap
from qiyafa.report.markup import Markup, el, joined, say, say_count, whole
from qiyafa.report.sections.holders import coverage_badge
from qiyafa.report.tables import Column, table
from qiyafa.report.view import View, address_text, hidden_part
from qiyafa.text import keys

GAPS_LISTED = 5000
_OPEN_BELOW = 6
"""So few sentences stand open."""


def gaps_section(view: View) -> Markup:
    """Render every gap, by kind."""
    gaps = view.content.answer.gaps
    if not gaps:
        return el("p", say("report.gaps.none"))
    kinds: dict[str, list[Gap]] = {}
    for gap in gaps:
        kinds.setdefault(gap.kind, []).append(gap)
    return joined(
        el("p", say("report.gaps.unknown"), class_="warning"), (_kind(kind, each) for kind, each in kinds.items())
    )


def _kind(kind: str, gaps: Sequence[Gap]) -> Markup:
    title, about = f"report.gaps.kind.{kind}.title", f"report.gaps.kind.{kind}.about"
    places = [gap for gap in gaps if gap.status]
    sentences = list(dict.fromkeys(gap.detail for gap in gaps if not gap.status))
    return el(
        "div",
        el("h3", say(title) if title in keys() else kind),
        el("p", say(about)) if about in keys() else None,
        _sentences(sentences),
        _places(places) if places else None,
        class_="gap",
    )


def _sentences(sentences: Sequence[str]) -> Markup | None:
    if not sentences:
        return None
    items = el("ul", (el("li", whole(sentence)) for sentence in sentences[:GAPS_LISTED]))
    return (
        items
        if len(sentences) < _OPEN_BELOW
        else hidden_part(say_count("report.gaps.sentences", len(sentences)), items, class_="printed")
    )


def _places(gaps: Sequence[Gap]) -> Markup:
    by_status = Counter(gap.status for gap in gaps)
    counts = (_count(status, count) for status, count in sorted(by_status.items()))
    columns = [Column("report.head.address"), Column("report.head.history"), Column("report.head.detail")]
    rows = [
        [address_text(gap.address), _badge(gap.status), whole(gap.detail.removeprefix(f"{gap.address}: "))]
        for gap in gaps[:GAPS_LISTED]
    ]
    caption = say("report.gaps.caption", shown=len(rows), count=len(gaps))
    return joined(
        el("dl", counts, class_="facts"),
        hidden_part(say_count("report.gaps.addresses", len(gaps)), table(caption, columns, rows), class_="printed"),
    )


def _count(status: str, count: int) -> Markup:
    """Render how many addresses have a state of their history, and what that means."""
    about = f"report.coverage.about.{status}"
    meaning = joined(" ", say(about)) if about in keys() else None
    number = el("strong", say_count("report.headline.addresses", count), ".")
    return el("div", el("dt", _badge(status)), el("dd", number, meaning))


def _badge(status: str) -> Markup:
    return (
        coverage_badge(status) if f"report.coverage.{status}" in keys() else el("span", status or "–", class_="badge")
    )
