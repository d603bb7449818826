"""Korean numbers: `3천만`, `1조 2천억`, `34만2천`, `수백만`, `5분의 1`, `절반`, `두 건`.

What is fastened to digits is one word in Korean (`3억달러를`); `taken_apart` splits the scales off first.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.number import Kind, Number, Piece, digits, fraction
from qiyafa.record.reading.tokens import Script, Token

_SMALL_SCALES: Final = {"십": Decimal(10), "백": Decimal(100), "천": Decimal(1000)}
_BIG_SCALES: Final = {"만": Decimal(10**4), "억": Decimal(10**8), "조": Decimal(10**12)}
_SCALES: Final = {**_SMALL_SCALES, **_BIG_SCALES}
ODD: Final = "여"
"""`30여 건`: thirty-odd."""
_NATIVE: Final = {
    word: Decimal(number)
    for number, words in enumerate(folded_words("한 두 세/석/서 네/넉 다섯 여섯 일곱 여덟 아홉 열"), start=1)
    for word in words.split("/")
}
_NATIVE_TENS: Final = {
    "열": Decimal(10),
    "스물": Decimal(20),
    "스무": Decimal(20),
    "서른": Decimal(30),
    "마흔": Decimal(40),
}
_COUNTERS: Final = ("건", "차례", "번", "개", "명", "곳", "나라", "가지", "배", "군데", "회", "척", "할", "분")
_NO_COUNTERS: Final = ("회원", "회사", "회의", "회담", "회장", "개인", "번호", "배후", "건물", "명의", "할인")
"""Nouns that begin like a counter: `한 회원국`."""
_MANY: Final = "수"
_MANY_OR_BARE: Final = re.compile(
    "수(?:[십백천][만억조]?|[만억조])|[십백천][만억조]|절반(?=이상|가량|정도|안팎|이하|가까이|쯤)"
)
"""`수백만`, `수억`, `천만`, `절반` with a bound at the beginning of a word."""
_UNIT_AND_BOUND: Final = re.compile(
    "(달러|원|엔|유로|위안|파운드|건|명|개국|개|곳)(?=이상|가량|정도|안팎|내외|이하|미만|초과|가까이|쯤|넘)"
)
"""`원가량`: a unit and a bound in one word."""
_TIMES: Final = ("년", "월", "일", "시", "분기", "세", "차", "살", "대")
"""What is fastened to digits that are a time or an age."""
_NEXT_SCALE: Final = 10
_HALF: Final = "절반"
_PART_OF: Final = "분의"
_FIRST_LETTERS: Final = frozenset(word[0] for word in (*_NATIVE, *_NATIVE_TENS, *_SMALL_SCALES, "만", _MANY, _HALF))


def taken_apart(tokens: list[Token]) -> list[Token]:
    """Return tokens with the scales that are fastened to digits as tokens of their own."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        if token.script is Script.HANGUL and token.glued and before is not None and before.script is Script.NUMBER:
            found += _apart(token)
        elif token.script is Script.HANGUL and (many := _MANY_OR_BARE.match(token.word)):
            found += _split(token, many.end())
        elif before is not None and before.word in _SCALES and (unit := _UNIT_AND_BOUND.match(token.word)):
            found += _split(token, unit.end(1))
        else:
            found.append(token)
    return found


def _apart(token: Token) -> Iterator[Token]:
    start = token.start
    while start < token.end:
        letter = token.word[start - token.start]
        if letter not in _SCALES and letter != ODD:
            break
        yield Token(letter, letter, start, start + 1, Script.HANGUL, True)
        start += 1
    unit = _UNIT_AND_BOUND.match(token.word, start - token.start)
    for end in (token.start + unit.end(1), token.end) if unit else (token.end,):
        if start < end:
            rest = token.word[start - token.start : end - token.start]
            yield Token(rest, rest, start, end, Script.HANGUL, True)
            start = end


def _split(token: Token, length: int) -> Iterator[Token]:
    middle = token.start + length
    yield Token(token.word[:length], token.written[:length], token.start, middle, Script.HANGUL, token.glued)
    if middle < token.end:
        yield Token(token.word[length:], token.written[length:], middle, token.end, Script.HANGUL, True)


def scaled(tokens: list[Token], first: int, value: Decimal, after: int) -> Number:
    """Return a number in digits with all its scales: `1조 4천700억`, and `5분의 1` as a fraction."""
    if after + 1 < len(tokens) and tokens[after].word == _PART_OF and tokens[after + 1].script is Script.NUMBER:
        parts = digits(tokens[after + 1].word)
        if parts is not None and value > 1 and parts < value and parts == int(parts) and value == int(value):
            return Number(Kind.FRACTION, first, after + 2, fraction(int(parts), int(value)))
    part = _of_so_many(tokens, first, value, after)
    if part is not None:
        return part
    total, group, pending = Decimal(0), Decimal(0), value
    last_big: Decimal | None = None
    place = after
    while place < len(tokens):
        word = tokens[place].word
        if word in _SMALL_SCALES and (tokens[place].glued or place == first):
            group, pending = group + pending * _SMALL_SCALES[word], Decimal(0)
        elif word in _BIG_SCALES and (tokens[place].glued or place == after):
            last_big = _BIG_SCALES[word]
            total, group, pending = total + (group + pending) * last_big, Decimal(0), Decimal(0)
        else:
            more = _goes_on(tokens, place, last_big)
            if more is None:
                break
            pending, place = more.value, more.after - 1
        place += 1
    return Number(Kind.NUMBER, first, place, total + group + pending)


def _of_so_many(tokens: list[Token], first: int, value: Decimal, after: int) -> Number | None:
    """Read `5명 중 1명`, `10건 중 3건꼴`: a part of so many; more than ten are counted, and no share."""
    if [token.word for token in tokens[after + 1 : after + 2]] != ["중"] or after + 3 >= len(tokens):
        return None
    parts = digits(tokens[after + 2].word) if tokens[after + 2].script is Script.NUMBER else None
    is_same = tokens[after + 3].word.startswith(tokens[after].word) and tokens[after].word.startswith(_COUNTERS)
    if parts is None or not is_same or not 0 < parts < value <= 10 or parts % 1 or value % 1:
        return None
    return Number(Kind.FRACTION, first, after + 4, fraction(int(parts), int(value)))


def _goes_on(tokens: list[Token], place: int, last_big: Decimal | None) -> Piece | None:
    """Return the digits that continue a number: fastened to a scale, or apart with a lesser scale."""
    token = tokens[place]
    value = digits(token.word) if token.script is Script.NUMBER else None
    if value is None:
        return None
    if token.glued and tokens[place - 1].word in _SCALES:
        return Piece(value, place + 1)
    if last_big is None or place + 1 >= len(tokens) or not tokens[place + 1].glued:
        return None
    if value < last_big and value * _NEXT_SCALE >= last_big and _is_counted(tokens[place + 1]):
        return Piece(value, place + 1)
    scales = [_SCALES.get(following.word) for following in tokens[place + 1 : place + 3]]
    ahead = [scale for scale in scales if scale is not None]
    biggest = max(ahead, default=Decimal(0))
    return Piece(value, place + 1) if 0 < biggest < last_big else None


def _is_counted(token: Token) -> bool:
    """Whether what is fastened to digits is a unit, as in `1만 2,406명`; not a scale, nor a date or an age."""
    is_time = token.word.startswith(_TIMES) and not token.word.startswith("일당")
    return token.script is Script.HANGUL and token.word not in _SCALES and not is_time


def may_begin(word: str) -> bool:
    """Whether a number in letters may begin with a word."""
    return word[:1] in _FIRST_LETTERS


def spelled(tokens: list[Token], first: int) -> Number | None:
    """Return the number in letters that begins at a token, or None."""
    word = tokens[first].word
    if word.startswith(_HALF):
        return Number(Kind.FRACTION, first, first + 1, Decimal("0.5"), is_spelled=True)
    if word.startswith(_MANY) and len(word) > 1 and word[1] in _SCALES:
        return _many(tokens, first)
    if len(word) == 2 and word[0] in _SMALL_SCALES and word[1] in _BIG_SCALES:
        return Number(Kind.NUMBER, first, first + 1, _SMALL_SCALES[word[0]] * _BIG_SCALES[word[1]], is_spelled=True)
    if word in _SCALES and _are_digits_glued(tokens, first + 1):
        return replace(scaled(tokens, first, Decimal(1), first), is_spelled=True)
    native = _native(tokens, first)
    return Number(Kind.NUMBER, first, native.after, native.value, is_spelled=True) if native else None


def _are_digits_glued(tokens: list[Token], place: int) -> bool:
    """Whether digits go on with a scale whose one is left out: `천580`, `만2천`."""
    return place < len(tokens) and tokens[place].glued and tokens[place].script is Script.NUMBER


def _many(tokens: list[Token], first: int) -> Number:
    """Read `수백만 달러`, `수억 원`, `수천억`: from one to ten of the scale."""
    word, scale, length = tokens[first].word, Decimal(1), 1
    while length < len(word) and word[length] in _SCALES:
        scale *= _SCALES[word[length]]
        length += 1
    return Number(Kind.ORDER, first, first + 1, None, scale, scale * 10, is_spelled=True)


def _native(tokens: list[Token], first: int) -> Piece | None:
    """Read `두 건`, `열두 차례`: a native numeral counts only before a counter."""
    word = tokens[first].word
    counter = tokens[first + 1].word if first + 1 < len(tokens) else ""
    if not counter.startswith(_COUNTERS) or counter.startswith(_NO_COUNTERS):
        return None
    for ten, value in _NATIVE_TENS.items():
        if word.startswith(ten) and word.removeprefix(ten) in _NATIVE:
            return Piece(value + _NATIVE[word.removeprefix(ten)], first + 1)
    value = _NATIVE.get(word) or _NATIVE_TENS.get(word, Decimal(0))
    return Piece(value, first + 1) if value else None
