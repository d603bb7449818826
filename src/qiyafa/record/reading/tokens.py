"""Words, numbers and marks of a folded text with their places, and the sentences they make.

A line's end ends a sentence where a paragraph or a short line (a heading, an entry of a list) ends; a line that was
only wrapped goes on. A sentence longer than `LONGEST` is cut, so that nothing below ever looks further than that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from qiyafa.record.reading.fold import folded_words

LONGEST: Final = 2_000
"""Characters of one sentence; the longest of 500 agency reports looked at has under 900."""
_WRAPPED_FROM: Final = 60
"""A line at least this long without an end is taken as wrapped, a shorter one as ended."""
_LONGEST_NUMBER: Final = 24
"""Digits and separators of a number; a longer one is an identifier."""


class Script(IntEnum):
    """What a token is written in."""

    NUMBER = 0
    LATIN = 1
    ARABIC = 2
    HANGUL = 3
    MARK = 4


@dataclass(slots=True)
class Token:
    """One word, number, or run of one punctuation mark."""

    word: str
    """Folded, lower case."""
    written: str
    """Folded, as written."""
    start: int
    """In the folded text."""
    end: int
    script: Script
    glued: bool
    """Whether nothing stands between it and the token before."""


_TOKEN: Final = re.compile(
    r"([0-9]+(?:[.,][0-9]+)*)"
    r"|((?:[A-Za-z]\.){2,6}|[A-Za-z\u00c0-\u024f]+)"
    r"|([\u0620-\u064a\u066e-\u06d3]+)"
    r"|([\uac00-\ud7a3]+)"
    r"|(([^\w\s])\6*)"
)
_SCRIPTS: Final = (Script.MARK, Script.NUMBER, Script.LATIN, Script.ARABIC, Script.HANGUL, Script.MARK)
"""By the number of the group that matched."""
_ENDS: Final = re.compile(r"""[.!?؟]["')\]]{0,3}(?=\s|$)|\n+""")
_ABBREVIATED: Final = frozenset(
    folded_words(
        "mr mrs ms dr prof gen sen rep inc corp co ltd llc jan feb mar apr jun jul aug sep sept oct nov dec "
        "no vs st approx est fig u.s u.n u.k e.g i.e d.c a.m p.m"
    )
)
_LAST_WORD: Final = re.compile(r"[\w.]{1,12}$")
_BULLET: Final = re.compile(r"\s{0,9}[-*•▲△■□○◆▶☞·※]|\s{0,9}\(?[0-9]{1,2}[.)]\s")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a folded text that are sentences, in order."""
    start = 0
    for end in _ENDS.finditer(text):
        stop = end.end()
        if _goes_on(text, start, end):
            continue
        yield from _cut(text, start, stop)
        start = stop
    yield from _cut(text, start, len(text))


def _goes_on(text: str, start: int, end: "re.Match[str]") -> bool:
    mark = end.group()
    if mark[0] == "\n":
        line = max(start, text.rfind("\n", max(0, end.start() - _WRAPPED_FROM), end.start()) + 1)
        is_long = end.start() - line >= _WRAPPED_FROM
        return len(mark) == 1 and is_long and _BULLET.match(text, end.end(), end.end() + 16) is None
    if mark[0] != ".":
        return False
    before = _LAST_WORD.search(text, max(start, end.start() - 12), end.start())
    word = before.group() if before else ""
    if len(word) == 1 and word.isalpha() and word.isupper():
        return True
    return word.lower() in _ABBREVIATED


def _cut(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        middle = space if space > 0 else start + LONGEST
        yield start, middle
        start = middle
    if start < stop:
        yield start, stop


def tokens(text: str, start: int, stop: int) -> list[Token]:
    """Return the tokens of a stretch of folded text. A number over `_LONGEST_NUMBER` long is a mark, not a number."""
    found: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text, start, stop):
        begin, end = match.span()
        written = match.group()
        script = _SCRIPTS[match.lastindex or 0]
        if end - begin > _LONGEST_NUMBER and script is Script.NUMBER:
            script = Script.MARK
        found.append(Token(written.lower(), written, begin, end, script, begin == last))
        last = end
    return found
