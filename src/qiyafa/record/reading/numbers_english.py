"""English numbers: `1.8 billion`, `$230m`, `two and a half billion`, `hundreds of millions`, `a third`."""

from decimal import Decimal
from typing import Final

from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.number import Kind, Number, Piece, fraction
from qiyafa.record.reading.tokens import Script, Token

_SMALL: Final = {
    word: Decimal(number)
    for number, word in enumerate(
        folded_words(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen"
        )
    )
}
_TENS: Final = {
    word: Decimal(10 * number)
    for number, word in enumerate(folded_words("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_TEN, _DOZEN = Decimal(10), Decimal(12)
_GROUP, _MOST_GROUPED = 3, Decimal(10**12)
_MOST_PLACES: Final = 4
"""Decimal places that are spelled out."""
_SCALES: Final = {
    "thousand": Decimal(1000),
    "million": Decimal(10**6),
    "mln": Decimal(10**6),
    "mn": Decimal(10**6),
    "billion": Decimal(10**9),
    "bn": Decimal(10**9),
    "bln": Decimal(10**9),
    "trillion": Decimal(10**12),
    "tn": Decimal(10**12),
    "trn": Decimal(10**12),
    "lakh": Decimal(10**5),
    "lakhs": Decimal(10**5),
    "crore": Decimal(10**7),
    "crores": Decimal(10**7),
}
_GLUED_SCALES: Final = {
    "k": Decimal(1000),
    "m": Decimal(10**6),
    "b": Decimal(10**9),
    "t": Decimal(10**12),
    "mm": Decimal(10**6),
}
_MANY: Final = {
    "dozens": Decimal(24),
    "tens": Decimal(10),
    "scores": Decimal(40),
    "hundreds": Decimal(100),
    "thousands": Decimal(1000),
    "millions": Decimal(10**6),
    "billions": Decimal(10**9),
}
_MANY_UP_TO: Final = {
    "dozens": Decimal(100),
    "tens": Decimal(100),
    "scores": Decimal(100),
    "hundreds": Decimal(1000),
    "thousands": Decimal(10**6),
    "millions": Decimal(10**9),
    "billions": Decimal(10**12),
}
_FEW: Final = ("several", "few", "multiple", "various")
_FEW_FROM, _FEW_TO = Decimal(2), Decimal(10)
_PARTS: Final = {
    "half": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "tenth": 10,
    "tenths": 10,
}
_MOST_PARTS: Final = 10
_SPANS: Final = tuple([word] for word in folded_words("days weeks months years hours minutes day % million billion"))
"""Words behind `one in five` that make it a time or an amount."""
BEGINNINGS: Final = frozenset({*_SMALL, *_TENS, *_MANY, *_FEW, "a", "half"})


def scale_at(tokens: list[Token], place: int) -> Piece | None:
    """Return the scale word at a place: `million`, `bn`, or a letter glued to the digits before it."""
    if place >= len(tokens):
        return None
    token = tokens[place]
    if token.word == "-" and place + 1 < len(tokens) and tokens[place + 1].word in _SCALES:
        return Piece(_SCALES[tokens[place + 1].word], place + 2)
    scale = _SCALES.get(token.word) or (_GLUED_SCALES.get(token.word) if token.glued else None)
    return Piece(scale, place + 1) if scale else None


def with_scale(tokens: list[Token], first: int, value: Decimal, after: int) -> Number:
    """Return a number in digits with the scale words behind it: `1.5 million`, `2 and a half billion`."""
    value, after = _grouped_by_spaces(tokens, first, value, after)
    if _words(tokens, after, 3) == ["and", "a", "half"]:
        value, after = value + Decimal("0.5"), after + 3
    scale = scale_at(tokens, after)
    if scale is None:
        return Number(Kind.NUMBER, first, after, value)
    return Number(Kind.NUMBER, first, scale.after, value * scale.value)


def _grouped_by_spaces(tokens: list[Token], first: int, value: Decimal, after: int) -> tuple[Decimal, int]:
    """Take in further groups of three digits, as European agencies write them: `1 200 000`."""
    if not tokens[first].word.isdigit() or len(tokens[first].word) >= _GROUP + 1:
        return value, after
    while after < len(tokens) and tokens[after].word.isdigit() and len(tokens[after].word) == _GROUP:
        if tokens[after].start - tokens[after - 1].end != 1 or value >= _MOST_GROUPED:
            break
        value, after = value * 1000 + Decimal(tokens[after].word), after + 1
    return value, after


def spelled(tokens: list[Token], first: int) -> Number | None:
    """Return the number in letters that begins at a token, or None."""
    word = tokens[first].word
    if word not in BEGINNINGS:
        return None
    if word in _MANY:
        return _many(tokens, first)
    if word in _FEW:
        return _few(tokens, first)
    return _fraction(tokens, first) or one_in(tokens, first) or _cardinal(tokens, first)


def _words(tokens: list[Token], first: int, count: int) -> list[str]:
    return [token.word for token in tokens[first : first + count]]


def _many(tokens: list[Token], first: int) -> Number:
    low, high = _MANY[tokens[first].word], _MANY_UP_TO[tokens[first].word]
    of = _words(tokens, first + 1, 2)
    if len(of) == 2 and of[0] == "of" and of[1] in ("thousands", "millions", "billions"):
        scale = _MANY[of[1]]
        return Number(Kind.ORDER, first, first + 3, None, low * scale, high * scale, is_spelled=True)
    return Number(Kind.ORDER, first, first + 1, None, low, high, is_spelled=True)


def _few(tokens: list[Token], first: int) -> Number | None:
    """Read `several hundred million`, `several million`; a bare `several` is no number."""
    low, high, place = _FEW_FROM, _FEW_TO, first + 1
    if _words(tokens, place, 1) == ["hundred"]:
        low, high, place = Decimal(100), Decimal(1000), place + 1
    scale = scale_at(tokens, place)
    if scale is None:
        return None
    return Number(Kind.ORDER, first, scale.after, None, low * scale.value, high * scale.value, is_spelled=True)


def _fraction(tokens: list[Token], first: int) -> Number | None:
    """Read `half`, `a third`, `one-fifth`, `two-thirds`, `half a billion`, `a quarter of a million`."""
    place, parts = first, 1
    if tokens[place].word in ("a", "one", "two", "three", "four"):
        parts = int(_SMALL.get(tokens[place].word, Decimal(1)))
        place += 1
        if _words(tokens, place, 1) == ["-"]:
            place += 1
    if place >= len(tokens) or tokens[place].word not in _PARTS:
        return None
    if place == first and tokens[place].word != "half":
        return None
    value = fraction(parts, _PARTS[tokens[place].word])
    place += 1
    here = place
    while here < min(place + 2, len(tokens)) and tokens[here].word in ("a", "of", "-"):
        here += 1
    scale = scale_at(tokens, here)
    if scale is not None:
        return Number(Kind.NUMBER, first, scale.after, value * scale.value, is_spelled=True)
    return Number(Kind.FRACTION, first, place, value, is_spelled=True)


def one_in(tokens: list[Token], first: int) -> Number | None:
    """Read `one in five`, `2 out of 3`, `three of every four`; not `one in five days`."""
    link = _words(tokens, first + 1, 2)
    after = first + 3 if link in (["out", "of"], ["of", "every"], ["in", "every"]) else first + 2
    if link[:1] != ["in"] and after == first + 2:
        return None
    parts, of = _small(tokens, first), _small(tokens, after)
    if parts is None or of is None or not parts < of or _words(tokens, after + 1, 1) in _SPANS:
        return None
    return Number(Kind.FRACTION, first, after + 1, fraction(parts, of), is_spelled=True)


def _small(tokens: list[Token], place: int) -> int | None:
    word = tokens[place].word if place < len(tokens) else ""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 2 and 1 <= int(word) <= _MOST_PARTS else None
    return int(_SMALL[word]) if word in _SMALL and 1 <= _SMALL[word] <= _MOST_PARTS else None


def _cardinal(tokens: list[Token], first: int) -> Number | None:
    """Read `two`, `twenty-one`, `a hundred`, `three hundred and fifty million`, `a billion`, `two dozen`."""
    total, group, place, seen = Decimal(0), Decimal(0), first, False
    if tokens[first].word == "a":
        group, place = Decimal(1), first + 1
        if place >= len(tokens) or tokens[place].word not in {*_SCALES, "hundred", "dozen"}:
            return None
    while place < len(tokens):
        token, word = tokens[place], tokens[place].word
        if word in _SMALL:
            group += _SMALL[word]
        elif word in _TENS:
            group += _TENS[word]
        elif word == "hundred":
            group = (group or Decimal(1)) * 100
        elif word == "dozen":
            group = (group or Decimal(1)) * _DOZEN
        elif word in _SCALES and (seen or tokens[first].word == "a"):
            total, group = total + (group or Decimal(1)) * _SCALES[word], Decimal(0)
        elif not _joins(tokens, place, seen):
            break
        seen = seen or token.script is Script.LATIN
        place += 1
    if not seen:
        return None
    if _words(tokens, place, 3) == ["and", "a", "half"]:
        return with_scale(tokens, first, total + group, place)
    places = _places(tokens, place)
    if places is not None:
        return with_scale(tokens, first, total + group + places.value, places.after)
    return Number(Kind.NUMBER, first, place, total + group, is_spelled=True)


def _places(tokens: list[Token], place: int) -> Piece | None:
    """Read what stands behind a spelled point: the `point three four` of `one point three four billion`."""
    if _words(tokens, place, 1) != ["point"]:
        return None
    written = ""
    for token in tokens[place + 1 : place + 1 + _MOST_PLACES]:
        if token.word not in _SMALL or _SMALL[token.word] >= _TEN:
            break
        written += str(_SMALL[token.word])
    return Piece(Decimal(f"0.{written}"), place + 1 + len(written)) if written else None


def _joins(tokens: list[Token], place: int, seen: bool) -> bool:
    """Whether `-` or `and` stands between two number words: `twenty-one`, `hundred and five`."""
    if not seen or place + 1 >= len(tokens) or tokens[place].word not in ("-", "and"):
        return False
    before, behind = tokens[place - 1].word, tokens[place + 1].word
    if tokens[place].word == "-":
        return before in _TENS and behind in _SMALL
    return before in {"hundred", "thousand"} and (behind in _SMALL or behind in _TENS)
