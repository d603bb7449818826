"""Looking words and phrases up in the tables of all three languages, in the forms in which a sentence has them.

A table says `phrase / phrase / …` for each meaning. A word that ends in `~` stands for every word that begins with it.
Arabic is looked up with and without its conjunctions, prepositions and article, so tables leave these out; Korean with
and without its particles, and a word with `~` is found inside a compound too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from qiyafa.record.reading.fold import fold_word, folded_words
from qiyafa.record.reading.tokens import Script, Token

_LONGEST_WORD: Final = 24
"""Letters of a word that are looked at."""
_LONGEST_STEM: Final = 14
_REMEMBERED: Final = 50_000
"""Different words whose forms are remembered."""

_PARTICLES: Final = folded_words(
    "에서는 으로부터 에게서 보다 에만 에서만 입니다 이었다 이다 였다 이라고 에서 으로 에게 까지 부터 에는 에도 라고 "
    "이며 이고 이나 이었으나 였으나 이었고 였고 이었으며 였으며 이었지만 였지만 이었던 였던 이었습니다 였습니다 "
    "이지만 인데 이었는데 였는데 뿐 뿐이다 뿐이었다 밖에 이라는 라는 이에요 예요 이죠 으로는 로는 에서도 으로도 로도 "
    "들이 들은 들을 들의 은 는 이 가 을 를 의 에 로 와 과 엔 에선 까진 도 만 서 께 나 다"
)


class Role(StrEnum):
    """What a word or phrase does in a statement; the value beside it in the tables says which one."""

    BEFORE = "bound before the number"
    AFTER = "bound after the number"
    MODALITY = "modality"
    MEASURE = "measure"
    ATTACK = "attack"
    COUNT = "counted"
    PEOPLE = "people"
    CURRENCY = "currency"
    ASSET = "asset"
    CHANGE = "change"
    DOUBLED = "doubled"
    PERCENT = "percent"
    FRACTION_OF = "fraction of"
    MAJORITY = "majority"
    TOTAL = "total"
    UNRELATED = "unrelated money"
    SAYS = "says"
    ACCORDING = "according to"
    FOLLOWED_BY_SOURCE = "according to the word before"
    THAT = "that"
    ISSUED = "issued"
    ACTOR = "actor"
    SANCTION = "sanction"
    MEETING = "meeting"
    ORDINAL = "ordinal"
    RECORD = "record"
    SUPERLATIVE = "superlative"
    SUPPORTS = "supports"
    WEAPONS = "weapons"
    SEAT = "seat"
    COUNTRY = "country"
    MONTH = "month"
    RELATIVE = "relative time"
    DECADE = "decade"
    TIME = "word of time"
    STOP = "nothing"


_WHOLE: Final = frozenset({Role.STOP, Role.RELATIVE, Role.MONTH, Role.TIME, Role.MEASURE, Role.BEFORE, Role.MODALITY})
"""Roles of phrases whose words mean nothing alone."""
_MAY: Final = ("قد",)


class Mark(NamedTuple):
    """A phrase of a sentence that the tables know. A tuple, because a sentence has dozens."""

    role: Role
    value: object
    first: int
    """Its first token."""
    after: int
    """The token after its last."""


Table = Mapping[Role, Mapping[object, str]]


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    meanings: list[tuple[Role, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the tables know of one word."""

    forms: tuple[str, ...]
    """Its forms that stand in a table."""
    alone: tuple[tuple[Role, object], ...]
    """What it means without the words behind it."""
    may_go_on: bool
    """Whether a longer phrase begins with it."""


def _meanings(nodes: list[_Node]) -> dict[tuple[Role, object], None]:
    return dict.fromkeys(meaning for node in nodes for meaning in node.meanings)


class Lexicon:
    """The tables, ready to be looked up."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._root = _Node()
        self._written: set[str] = set()
        self._stems: set[str] = set()
        for table in tables:
            for role, phrases in table.items():
                for value, written in phrases.items():
                    for phrase in written.split("/"):
                        self._add(phrase, role, value)
        self._words: dict[str, _Known] = {}

    def _add(self, phrase: str, role: Role, value: object) -> None:
        node = self._root
        words = fold_word(phrase).replace("-", " - ").split()
        assert words, (role, value)
        for word in words:
            (self._stems if word.endswith("~") else self._written).add(word)
            node = node.children.setdefault(word, _Node())
        if (role, value) not in node.meanings:
            node.meanings.append((role, value))

    def marks(self, sentence: list[Token]) -> list[Mark]:
        """Return the phrases of a sentence in order; where several begin, the longest, and none inside another."""
        known, count = self._words, len(sentence)
        words = [known.get(token.word) or self._learnt(token) for token in sentence]
        found: list[Mark] = []
        first = 0
        while first < count:
            word, after = words[first], first + 1
            meanings: Iterable[tuple[Role, object]] = word.alone
            if word.may_go_on and after < count and words[after].forms:
                nodes, after = self._longest(words, first)
                meanings = _meanings(nodes)
            if meanings:
                found += [Mark(role, value, first, after) for role, value in meanings]
                if after - first > 1 and not any(role in _WHOLE for role, _ in meanings):
                    found += self._measures_inside(words, first, after)
                if word.forms[:1] == _MAY and any(role is Role.MODALITY for role, _ in meanings):
                    after -= 1  # The verb behind `قد` may begin a bound: `قد تتجاوز قيمتها`.
            first = after
        return found

    def _measures_inside(self, words: list[_Known], first: int, after: int) -> Iterator[Mark]:
        """Yield the words of a phrase that also say what is measured: `stolen` in `most stolen`."""
        for place in range(first, after):
            meanings = words[place].alone
            yield from (Mark(role, value, place, place + 1) for role, value in meanings if role is Role.MEASURE)

    def _longest(self, words: list[_Known], first: int) -> tuple[list[_Node], int]:
        best: tuple[list[_Node], int] = ([], first + 1)
        here = [self._root]
        for place in range(first, len(words)):
            here = [node.children[form] for node in here for form in words[place].forms if form in node.children]
            if not here:
                break
            if meant := [node for node in here if node.meanings]:
                best = (meant, place + 1)
        return best

    def _learnt(self, token: Token) -> _Known:
        """Look a word up that was not met yet."""
        if len(self._words) >= _REMEMBERED:
            self._words.clear()
        forms = tuple(self._look_up(token))
        nodes = [self._root.children[form] for form in forms if form in self._root.children]
        known = _Known(forms, tuple(_meanings(nodes)), any(node.children for node in nodes))
        self._words[token.word] = known
        return known

    def _look_up(self, token: Token) -> Iterator[str]:
        word = token.word[:_LONGEST_WORD]
        variants = list(variants_of(word, token.script))
        yield from (variant for variant in variants if variant in self._written)
        for variant in variants:
            for length in range(min(len(variant), _LONGEST_STEM), 0, -1):
                if (stem := variant[:length] + "~") in self._stems:
                    yield stem


def variants_of(word: str, script: Script) -> Sequence[str]:
    """Return a word as it stands, then without what its language fastens to it."""
    if script is Script.ARABIC:
        return arabic_variants(word)
    if script is Script.HANGUL:
        return _korean_variants(word)
    return [word]


@lru_cache(maxsize=_REMEMBERED)
def arabic_variants(word: str) -> tuple[str, ...]:
    """Return an Arabic word, then without `wa/fa`, without `bi/li/ka`, and without the article."""
    found = [word]
    if len(word) > 3 and word[0] in "وف":
        found.append(word[1:])
    found += [one[1:] for one in found if len(one) > 3 and one[0] in "بلك"]
    found += [one[2:] for one in found if len(one) > 3 and one.startswith("ال")]
    found += [one[1:] for one in found if len(one) > 3 and one.startswith("لل")]
    found += [one[2:] for one in found if len(one) > 4 and one.startswith("لل")]
    return tuple(dict.fromkeys(found))


def _korean_variants(word: str) -> list[str]:
    found = [word]
    found += [word.removesuffix(end) for end in _PARTICLES if word.endswith(end) and len(word) > len(end)]
    found += [word[begin:] for begin in range(1, len(word) - 1)]
    return found
