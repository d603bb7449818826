"""Names in a text: actors and listed parties, found as whole words in Arabic, Korean and Latin script.

A name is looked up word by word in a tree, so a text is read once, whatever the number of names. Words are compared
folded: without case, diacritics and tatweel, with the variants of alif and ya as one. Arabic may prefix conjunctions,
prepositions and the article; Korean may append particles.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[\u0640\u064b-\u065f\u0670]+[^\W_]+)*[\u064b-\u065f\u0670]*")
_LONGEST_WORD: Final = 60
_MOST_WORDS: Final = 12
"""Words of one name that are compared."""
_SAME: Final = str.maketrans("أإآٱىئؤةی\u06a9", "ااااييوهيك", "\u0640")
_ARABIC_PREFIXES: Final = (
    "وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "وب", "وك", "ول", "فب", "فل",
    "و", "ف", "ب", "ك", "ل",
)  # fmt: skip
"""What stands before a word without a space: and, so; by, like, for; the."""
_KOREAN_PARTICLES: Final = frozenset(
    {
        "이", "가", "은", "는", "을", "를", "의", "에", "에게", "에서", "와", "과", "도", "만", "로", "으로", "란",
        "이란", "라는", "이라는", "까지", "부터", "측", "등", "그룹", "조직", "이며", "이고", "에는", "에도", "로부터",
        "으로부터", "그룹은", "그룹이", "그룹의",
    }
)  # fmt: skip
_HANGUL: Final = re.compile(r"[가-힣]")
_ARABIC: Final = re.compile(r"[\u0621-\u06d3]")


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name in a text."""

    text: str
    start: int
    end: int
    """Code points from the beginning of the text."""
    entity: str
    """Whose name it is, as the caller calls it."""


@dataclass(slots=True)
class _Node:
    entity: str = ""
    following: dict[str, "_Node"] = field(default_factory=dict)


class NameTree:
    """Names, prepared for finding. If two entities share a name, the one that was given first has it."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a name and the entity whose name it is."""
        self._root = _Node()
        for name, entity in names:
            words = [_folded(word) for word in _WORD.findall(name)]
            if not words or len(words) > _MOST_WORDS:
                continue
            node = self._root
            for word in words:
                node = node.following.setdefault(word, _Node())
            node.entity = node.entity or entity

    def find(self, text: str) -> list[FoundName]:
        """Return the names that stand in a text, in order; of names within one another, the longest."""
        fold = cache(_folded)
        may_begin = cache(self._may_begin)
        words = [
            (match.start(), match.end(), fold(match[0]))
            for match in _WORD.finditer(text)
            if match.end() - match.start() <= _LONGEST_WORD
        ]
        found: list[FoundName] = []
        at = 0
        while at < len(words):
            length, node, cut = self._longest(words, at) if may_begin(words[at][2]) else (1, None, (0, 0))
            if node is not None:
                start, end = words[at][0] + cut[0], words[at + length - 1][1] - cut[1]
                found.append(FoundName(text[start:end], start, end, node.entity))
            at += max(length, 1)
        return found

    def _may_begin(self, word: str) -> bool:
        """Tell whether a name may begin with this word; most words begin none, and the same words come again."""
        following = self._root.following
        return any(bare in following for first, _ in _openings(word) for bare, _ in _closings(first))

    def _longest(self, words: list[tuple[int, int, str]], at: int) -> tuple[int, _Node | None, tuple[int, int]]:
        """Return how many words the longest name from here has, its node, and what is cut off before and behind."""
        best: tuple[int, _Node | None, tuple[int, int]] = (0, None, (0, 0))
        for first, before in _openings(words[at][2]):
            node = self._root
            word = first
            for length in range(1, _MOST_WORDS + 1):
                ended = self._ended(node.following, word)
                if ended is not None and length > best[0]:
                    best = (length, ended[0], (before, ended[1]))
                following = node.following.get(word)
                if following is None or at + length >= len(words):
                    break
                node, word = following, words[at + length][2]
        return best

    def _ended(self, following: Mapping[str, _Node], word: str) -> tuple[_Node, int] | None:
        """Return the node of a last word and how many particles' letters stand behind it; None if no name ends so."""
        for bare, behind in _closings(word):
            node = following.get(bare)
            if node is not None and node.entity:
                return node, behind
        return None


def _openings(word: str) -> Iterator[tuple[str, int]]:
    yield word, 0
    if _ARABIC.match(word):
        for prefix in _ARABIC_PREFIXES:
            if word.startswith(prefix) and len(word) > len(prefix) + 2:
                yield word[len(prefix) :], len(prefix)


def _closings(word: str) -> Iterator[tuple[str, int]]:
    yield word, 0
    if _HANGUL.search(word):
        for length in range(1, min(5, len(word) - 1)):
            if word[-length:] in _KOREAN_PARTICLES:
                yield word[:-length], length


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKC", word).translate(_SAME)
    bare = "".join(one for one in unicodedata.normalize("NFD", plain) if unicodedata.category(one) != "Mn")
    return unicodedata.normalize("NFC", bare).casefold()
