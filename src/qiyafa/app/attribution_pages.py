"""The blocks of an argument as plain text and as Markdown. Nothing in the words can act as markup or as a link."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from qiyafa.app.attribution_argument import Block, Heading, Paragraph, Point, Points, Table
from qiyafa.text import shown

_WIDTH: Final = 100
_GAP: Final = "  "
_RULES: Final = {1: "=", 2: "-"}
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>#|~&!])")
_IN_URL: Final = "/:?#[]@!$&'()*+,;=%-._~"


def plain_text(blocks: Sequence[Block]) -> str:
    """Return the blocks as text of at most 100 columns, but for tables, which are as wide as their cells."""
    return "\n\n".join("\n".join(_plain(block)) for block in blocks) + "\n"


def markdown(blocks: Sequence[Block]) -> str:
    """Return the blocks as Markdown (CommonMark with the tables of GitHub)."""
    return "\n\n".join("\n".join(_marked(block)) for block in blocks) + "\n"


def _plain(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, words):
            yield words
            if level in _RULES:
                yield _RULES[level] * len(words)
        case Paragraph(words):
            yield from _wrapped(words)
        case Points(points):
            for number, point in enumerate(points):
                if number and point.lines:
                    yield ""
                yield from _wrapped(point.words, "- ", _GAP)
                for line in _said(point):
                    yield from _wrapped(line, _GAP, _GAP)
        case Table(headings, rows):
            yield from _columns([headings, *rows])


def _said(point: Point) -> tuple[str, ...]:
    return (*point.lines, shown(point.url)) if point.url else point.lines


def _wrapped(words: str, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table; the last column is wrapped where the others leave it room."""
    cells = [tuple(shown(cell) for cell in row) for row in rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]) - 1)]
    indent = sum(widths) + len(_GAP) * len(widths)
    for row in cells:
        lead = "".join(f"{cell:<{width}}{_GAP}" for cell, width in zip(row[:-1], widths, strict=True))
        last = textwrap.wrap(row[-1], max(_WIDTH - indent, _WIDTH // 3), break_long_words=False) or [""]
        yield (lead + last[0]).rstrip()
        yield from (" " * indent + line for line in last[1:])


def _marked(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, words):
            yield f"{'#' * level} {_escaped(words)}"
        case Paragraph(words):
            yield _escaped(words)
        case Points(points):
            for point in points:
                yield f"- {_escaped(point.words)}"
                yield from (f"  <br>{_escaped(line)}" for line in point.lines)
                if point.url:
                    yield f"  <br><{quote(point.url, safe=_IN_URL)}>"
        case Table(headings, rows):
            yield _row(headings)
            yield _row(["---"] * len(headings), is_rule=True)
            yield from (_row(row) for row in rows)


def _row(cells: Sequence[str], *, is_rule: bool = False) -> str:
    return f"| {' | '.join(cell if is_rule else _escaped(shown(cell)) for cell in cells)} |"


def _escaped(words: str) -> str:
    return _MARKUP.sub(r"\\\1", words)
