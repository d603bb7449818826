"""The lines of an element: one for each block, without the blocks that are mostly links."""

from collections.abc import Iterator
from typing import Any, Final

_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
        "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_CELLS: Final = frozenset({"td", "th"})
_MOST_LINKED: Final = 0.6
"""Share of a line's letters inside links above which it is a list of links."""
_SHORTEST_LINKED_PROSE: Final = 200
"""Letters; a longer line is prose whatever it links to."""


class _Line:
    """One line while it grows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.linked = 0

    def add(self, written: str | None, *, is_linked: bool) -> None:
        """Add words, which may stand inside a link."""
        if written:
            self.parts.append(written)
            self.linked += len(written.strip()) if is_linked else 0

    def text(self) -> str:
        """Return the line; empty if it is only links."""
        cells = (" ".join(cell.split()) for cell in "".join(self.parts).split("\v"))
        line = "\t".join(cell for cell in cells if cell)
        is_links = self.linked > _MOST_LINKED * len(line) and len(line) < _SHORTEST_LINKED_PROSE
        return "" if is_links else line


def lines_of(element: Any) -> Iterator[str]:
    """Yield the lines of an element, in order: blocks and line breaks end one, the cells of a row share one."""
    from lxml import etree  # type: ignore[import-untyped]

    line = _Line()
    depth = 0
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            depth += one.tag == "a"
            if one.tag in _BLOCKS or one.tag == "br":
                yield from _ended(line)
                line = _Line()
            line.add("\v" if one.tag in _CELLS else None, is_linked=False)
            line.add((one.text or "").replace("\v", " "), is_linked=depth > 0)
            continue
        depth -= one.tag == "a"
        if one.tag in _BLOCKS:
            yield from _ended(line)
            line = _Line()
        if one is not element:
            line.add((one.tail or "").replace("\v", " "), is_linked=depth > 0)
    yield from _ended(line)


def _ended(line: _Line) -> Iterator[str]:
    text = line.text()
    if text:
        yield text
