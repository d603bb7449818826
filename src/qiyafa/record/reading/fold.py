"""The same text with its spellings made alike, and the way back to where each character stood.

Folding drops what only decorates (Arabic vowel signs and tatweel, invisible and direction characters, combining marks),
writes variants of one letter as one (alef with hamza, final ya, ta marbuta, full-width forms) and every digit in ASCII.
Letters keep their case. It is for matching only; what is shown is quoted from the text as it was.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_DECORATION: Final = (
    "\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
)
_RUNS: Final = re.compile(
    f"(?P<dropped>[{_DECORATION}]+)|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\ufb50-\ufdfb\ufe70-\ufefc]|…"
)
"""What does not become exactly one character: decorations, Korean in separate letters, Arabic ligatures."""

_LONGEST_LIGATURE: Final = 4
"""Letters of a ligature that is spelled out; one character of Unicode stands for a phrase of eighteen."""
_ALIKE: Final = {
    "ا": "أإآٱ",
    "ي": "ىیے",
    "ه": "ةۀ",
    "ك": "کڪ",
    ".": "٫۔。",
    ",": "٬،、",
    "%": "٪",
    ";": "؛",
    '"': "“”„«»〈〉「」『』",
    "'": "‘’‚`´",
    "-": "–—‒−‐‑",
    " ": "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t\r\x0b\x0c",
}
_LETTERS: Final = {ord(variant): one for one, variants in _ALIKE.items() for variant in variants}
_DIGITS: Final = {zero + digit: str(digit) for zero in (0x0660, 0x06F0, 0x0966, 0xFF10, 0x1D7CE) for digit in range(10)}
_FULL_WIDTH: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ONE_FOR_ONE: Final = {**_LETTERS, **_FULL_WIDTH, **_DIGITS}


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Positions are Unicode code points."""

    text: str
    _places: tuple[int, ...]
    """Folded positions at which the distance to the original changes, ascending, from 0."""
    _originals: tuple[int, ...]
    """The original position of each of them."""

    def original(self, place: int) -> int:
        """Return where the character at a folded position stands in the original text."""
        step = bisect_right(self._places, place) - 1
        here = self._originals[step] + place - self._places[step]
        return min(here, self._originals[step + 1] - 1) if step + 1 < len(self._originals) else here


def fold(text: str) -> Folded:
    """Fold a text. Takes time linear in its length, whatever stands in it."""
    pieces: list[str] = []
    places, originals = [0], [0]
    done = length = 0
    for run in _RUNS.finditer(text):
        between = text[done : run.start()]
        instead = "" if run.lastgroup else _spelled_out(run.group())
        pieces += (between, instead)
        length += len(between) + len(instead)
        done = run.end()
        places.append(length)
        originals.append(done)
    pieces.append(text[done:])
    return Folded("".join(pieces).translate(_ONE_FOR_ONE), tuple(places), tuple(originals))


def _spelled_out(written: str) -> str:
    letters = unicodedata.normalize("NFKC", written)
    return letters if len(letters) <= _LONGEST_LIGATURE else " "


def fold_word(word: str) -> str:
    """Return a word of a table as it stands in folded text, in lower case."""
    return fold(word).text.lower()


def folded_words(written: str) -> tuple[str, ...]:
    """Return the words of a table, written between spaces, as they stand in folded text."""
    return tuple(fold_word(word) for word in written.split())
