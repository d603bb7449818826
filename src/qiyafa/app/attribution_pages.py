"""The blocks of an argument as plain text and as Markdown. Nothing in the words can act as markup or as a link."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from rich.cells import cell_len

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
                yield _RULES[level] * cell_len(words)
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


def _wrapped(words: str, first: str = "", later: str = "", width: int = _WIDTH) -> list[str]:
    """Return lines of at most so many cells; a letter of Korean or Chinese takes two, a vowel mark of Arabic none."""
    lines, line, begin = [], first, first
    for word in words.split():
        if line != begin and cell_len(line) + 1 + cell_len(word) > width:
            lines.append(line)
            line = begin = later
        line += word if line == begin else f" {word}"
    return [*lines, line.rstrip()]


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table; the last column is wrapped where the others leave it room."""
    cells = [tuple(shown(cell) for cell in row) for row in rows]
    widths = [max(cell_len(row[at]) for row in cells) for at in range(len(cells[0]) - 1)]
    indent = sum(widths) + len(_GAP) * len(widths)
    for row in cells:
        lead = "".join(
            f"{cell}{' ' * (width - cell_len(cell))}{_GAP}" for cell, width in zip(row[:-1], widths, strict=True)
        )
        first, *others = _wrapped(row[-1], width=max(_WIDTH - indent, _WIDTH // 3))
        yield (lead + first).rstrip()
        yield from (" " * indent + line for line in others)


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
