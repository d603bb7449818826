"""Quantities of a sentence: a number, its unit, the bound that the words around it set; and ranges of two numbers."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.found_date import FoundDate
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.number import Kind, Number
from qiyafa.record.reading.number_at import may_begin, number_at
from qiyafa.record.reading.numbers_korean import ODD
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script, Token
from qiyafa.record.reading.units import UNSEEN, Quantity, with_unit

MOST: Final = 24
"""Quantities of one sentence that are read; a longer list is a table, not a statement."""
_BRACKET_WITHIN: Final = 10
_ELIDED_WITHIN: Final = 14
"""Tokens between a counted number and a bare one that counts the same."""
_MONEY_WITHIN: Final = 40
_CHANGE_WITHIN: Final = 3
_COMPARED: Final = frozenset({"from", "to", "against", "versus", "vs", "with", "than", "من", "الي", "مقابل", "ب", "مع"})
"""Words before the second number of a comparison."""
_NO_NOUNS: Final = frozenset(
    folded_words(
        ", . ; ) in to during from by on last this because due after before against versus في الي من منها بسبب "
        "خلال عبر سرقت مقابل"
    )
)
_ELIDED_MONEY: Final = 1_000_000
"""The least money whose currency may be left out: `20.5 million dollars of some 620 million`."""
_WITHIN_RANGES: Final = (Role.CURRENCY, Role.ASSET, Role.PERCENT, Role.BEFORE)
_RISING: Final = (Role.COUNT, Role.CURRENCY, Role.ASSET)
_FROM_IN_KOREAN: Final = "에서"
_BOUND_WITHIN: Final = 3
_LED: Final = frozenset({"no", "no.", "#", "رقم", "제", "상위", "top"})
"""Words before a number of a list or of a choice: `No. 5`, `the top 10`."""
_REACHING: Final = frozenset({"لتصل", "ليصل"})
"""`ارتفعت لتصل إلى` says what was reached; `تصل إلى` alone sets a bound."""
_OBJECT_ENDS: Final = ("을", "를")
_ADVERBS: Final = frozenset(
    folded_words("가 이 을 를 에 도 조금 약간 좀 다소 살짝 소폭 크게 훨씬 훌쩍 가볍게 이미 벌써 거의 채")
)
"""What stands in Korean between a number and the verb that bounds it: particles apart from their number, adverbs."""
_ADVERBS_MOST: Final = 4
_STRONGER: Final = (Bound.AT_LEAST, Bound.MORE_THAN, Bound.UP_TO, Bound.ALMOST, Bound.ABOUT)


def find_quantities(sentence: Sentence, dates: list[FoundDate], money: str = "") -> list[Quantity]:
    """Return the quantities of a sentence in order, at most `MOST`. `money` is the currency that the text is at."""
    taken = {place for one in dates for place in range(one.first, one.after)}
    found: list[Quantity] = []
    waiting: Number | None = None
    done = 0
    for place in [place for place, word in enumerate(sentence.spelled) if may_begin(word)]:
        if len(found) == MOST:
            break
        number = number_at(sentence.tokens, place) if place >= done and place not in taken else None
        if number is None or _is_part(sentence, number):
            continue
        quantity = with_unit(sentence, number) or _elided(sentence, number, found, money)
        if quantity is None and found and _is_range(sentence, found[-1].number, replace(found[-1], number=number)):
            quantity = replace(found[-1], number=number, after=number.after)
        if quantity is None:
            waiting, done = number, number.after
            continue
        bounded = _with_bound(sentence, quantity)
        waiting = _in_percent(waiting) if quantity.role is Role.PERCENT else waiting
        if waiting is not None and _is_range(sentence, waiting, quantity):
            bounded = _range(sentence, waiting, quantity)
        elif waiting is not None and _is_risen(sentence, waiting, quantity):
            found.append(_risen_from(sentence, waiting, quantity))
        elif found and found[-1].unit == quantity.unit and _is_range_of_two(sentence, found[-1], quantity):
            bounded = _range(sentence, found.pop().number, quantity)
        found.append(bounded)
        waiting, done = None, bounded.number.after
    return found


def _is_part(sentence: Sentence, number: Number) -> bool:
    """Whether a digit belongs to a name or an identifier: `APT38`, `No. 5`, `0x12`; or to a rate: `$1 =`."""
    token = sentence.tokens[number.first]
    before = sentence.word(number.first - 1)
    if token.script is Script.NUMBER and token.glued and sentence.tokens[number.first - 1].script is Script.LATIN:
        return sentence.before(number.first, Role.CURRENCY) is None
    if "=" in (before, sentence.word(number.after)):
        return True
    if number.is_spelled and sentence.before(number.after, Role.PERCENT) is not None:
        return True  # The hundred of `في المئة`.
    return before in _LED and token.script is Script.NUMBER


def _elided(sentence: Sentence, number: Number, found: list[Quantity], money: str) -> Quantity | None:
    """Read a bare number whose noun was said of another: `303 hacks, up from 282 a year ago`, `مقابل 282`."""
    if number.kind is not Kind.NUMBER or not (
        _is_bare(sentence, number.after) or sentence.word(number.after)[:1] == "개"
    ):
        return None
    if number.value is not None and number.value >= _ELIDED_MONEY:
        return _bare_money(sentence, number, found, money)
    last = found[-1] if found else None
    if last is not None and last.role is Role.ASSET and _is_some_of(sentence, last, number):
        return _same_unit(last, number)
    if last is None or last.role is not Role.COUNT or number.first - last.after > _ELIDED_WITHIN:
        return None
    return _same_unit(last, number) if sentence.word(number.first - 1) in _COMPARED else None


def _is_some_of(sentence: Sentence, whole: Quantity, number: Number) -> bool:
    """Whether Korean says how many of an asset: `이더리움 40만 개 중 6만3천개`."""
    link = [token.word for token in sentence.tokens[whole.after : number.first]]
    return sentence.word(number.after).startswith("개") and link[:1] in (["중"], ["가운데"])


def _bare_money(sentence: Sentence, number: Number, found: list[Quantity], money: str) -> Quantity | None:
    """Read `some 620 million` in the currency of the amount before it; the number has its scale in a word."""
    if not number.is_spelled and number.after == number.first + 1:
        return None
    last = next((one for one in reversed(found) if one.role is Role.CURRENCY), None)
    if last is not None:
        return _same_unit(last, number) if number.first - last.after <= _MONEY_WITHIN else None
    if not money or not sentence.has(Role.MEASURE):
        return None
    return Quantity(number, Role.CURRENCY, money, money, Bound.EXACT, "", number.first, number.after)


def _same_unit(last: Quantity, number: Number) -> Quantity:
    return replace(last, number=number, bound=Bound.EXACT, bound_words="", first=number.first, after=number.after)


def _is_bare(sentence: Sentence, place: int) -> bool:
    """Whether no noun stands at a place: a mark, the end, a preposition, or a time."""
    if place >= len(sentence.tokens) or sentence.word(place) in _NO_NOUNS:
        return True
    is_verb = sentence.at(place, Role.MEASURE) is not None and sentence.at(place, Role.COUNT) is None
    return sentence.at(place, Role.RELATIVE) is not None or (is_verb and sentence.language == "ar")


def _is_risen(sentence: Sentence, low: Number, high: Quantity) -> bool:
    """Whether a bare number is what another one rose or fell from: the four of `from four to seven attacks`."""
    between = [token.word for token in sentence.tokens[low.after : high.first]]
    is_from = sentence.word(low.first - 1) in ("from", "من") and between in (["to"], ["الي"])
    return is_from and low.value is not None and high.number.value is not None and high.role in _RISING


def _risen_from(sentence: Sentence, low: Number, high: Quantity) -> Quantity:
    number = replace(low, value=_least(sentence, low, high))
    return replace(high, number=number, bound=Bound.EXACT, bound_words="", first=low.first, after=low.after)


def _with_bound(sentence: Sentence, quantity: Quantity) -> Quantity:
    """Give a quantity the strongest bound that stands before or behind it."""
    marks = [*_bounds_before(sentence, quantity), *_bounds_behind(sentence, quantity)]
    if sentence.word(quantity.number.after) == ODD:
        marks.append(Mark(Role.AFTER, Bound.MORE_THAN, quantity.number.after, quantity.number.after + 1))
    if not marks:
        return quantity
    best = min(marks, key=lambda mark: _STRONGER.index(Bound(str(mark.value))))
    return replace(
        quantity,
        bound=Bound(str(best.value)),
        bound_words=sentence.words(best.first, best.after),
        first=min(quantity.first, best.first),
        after=max(quantity.after, best.after),
    )


def _bounds_before(sentence: Sentence, quantity: Quantity) -> list[Mark]:
    """Look before the unit and, where the asset comes first, between it and the number: `비트코인 약 1,580개`."""
    starts = {quantity.first, quantity.number.first}
    return [mark for start in sorted(starts) for mark in _bounds_at(sentence, start)]


def _bounds_at(sentence: Sentence, start: int) -> list[Mark]:
    found: list[Mark] = []
    place, seen = start, 0
    while place > 0 and seen <= _BOUND_WITHIN:
        mark = sentence.before(place, Role.BEFORE)
        if mark is not None:
            found += [mark] if sentence.word(mark.first) not in _REACHING else []
            place = mark.first
            continue
        word = sentence.word(place - 1)
        if word not in UNSEEN and not word.startswith("ال"):
            break
        place, seen = place - 1, seen + 1
    return found


def _bounds_behind(sentence: Sentence, quantity: Quantity) -> list[Mark]:
    """Look right behind the number and behind its unit; Arabic and Korean fasten or add one word between."""
    places = [quantity.number.after, quantity.after]
    script = sentence.tokens[quantity.after].script if quantity.after < len(sentence.tokens) else Script.MARK
    is_hangul = script is Script.HANGUL and not _is_another_object(sentence.tokens[quantity.after])
    if script is Script.ARABIC or is_hangul:
        places.append(quantity.after + 1)
    if sentence.language == "ko":
        places += [quantity.number.after + 1] if sentence.word(quantity.number.after) == "개" else []
        places += [_past_adverbs(sentence, place) for place in tuple(places)]
    if sentence.word(quantity.after) == "(":
        closing = range(quantity.after + 1, min(quantity.after + _BRACKET_WITHIN, len(sentence.tokens)))
        end = next((place for place in closing if sentence.word(place) == ")"), None)
        places += [end + 1, end + 2] if end is not None else []
    return [mark for place in dict.fromkeys(places) if (mark := sentence.at(place, Role.AFTER)) is not None]


def _is_another_object(token: Token) -> bool:
    """Whether a bound behind a Korean noun is said of that noun: `27건으로 예년을 밑돌았다`."""
    return not token.glued and token.word.endswith(_OBJECT_ENDS)


def _past_adverbs(sentence: Sentence, place: int) -> int:
    """Return the place behind particles and adverbs that Korean puts before a bound: `20%를 조금 웃도는`."""
    for after in range(place, place + _ADVERBS_MOST):
        if sentence.word(after) not in _ADVERBS or sentence.at(after, Role.AFTER) is not None:
            return after
    return place


def _is_range(sentence: Sentence, low: Number, high: Quantity) -> bool:
    """Whether `600-700 million`, `between $600m and $700m`, `3~4억`: two numbers and a joint between them."""
    between = [token.word for token in sentence.tokens[low.after : high.number.first]]
    joints = [word for word in between if word in ("-", "~", "∼", "to", "and", "و", "الي", "에서")]
    if joints and joints[0] in ("to", "الي") and sentence.has(Role.CHANGE, Role.DOUBLED):
        return False
    if len(between) > 4 or len(joints) != 1 or low.value is None or high.number.value is None:
        return False
    if any(_is_other_word(sentence, place) for place in range(low.after, high.number.first)):
        return False
    if joints[0] in ("and", "و"):
        start = sentence.before(low.first, Role.TIME) or sentence.before(low.first - 1, Role.TIME)
        if start is None or start.value != "between":
            return False
    if joints[0] == "to" and sentence.word(low.first - 1) == "from":
        return False
    return low.value < high.number.value


def _is_other_word(sentence: Sentence, place: int) -> bool:
    """Whether an English word between two numbers says that they make no range: `took 11 minutes to drain $120m`."""
    token = sentence.tokens[place]
    is_joint = token.script is not Script.LATIN or token.word in ("to", "and", "or")
    return not is_joint and not any(sentence.at(place, role) for role in _WITHIN_RANGES)


def _is_range_of_two(sentence: Sentence, low: Quantity, high: Quantity) -> bool:
    """Whether `$600m to $700m`, or in Korean `6억 달러에서 10억 달러`; not `6억 달러에서 10억 달러로 늘었다`."""
    if _is_range(sentence, low.number, high):
        return True
    has_bound = sentence.at(low.after, Role.BEFORE) is not None
    if not sentence.word(low.after - 1).endswith(_FROM_IN_KOREAN) or high.first != low.after + has_bound:
        return False
    is_change = any(sentence.at(place, Role.CHANGE) for place in range(high.after, high.after + _CHANGE_WITHIN))
    if is_change or sentence.word(high.after - 1).endswith("로"):
        return False
    return low.number.value is not None and high.number.value is not None and low.number.value < high.number.value


def _range(sentence: Sentence, low: Number, high: Quantity) -> Quantity:
    """Make one quantity of two; `600-700 million` means millions on both sides."""
    number = replace(
        high.number, value=None, lower=_least(sentence, low, high), upper=high.number.value, first=low.first
    )
    words = sentence.words(low.first, high.number.first)
    return replace(high, number=number, bound=Bound.ABOUT, bound_words=words, first=low.first, until=high.number.value)


def _in_percent(low: Number | None) -> Number | None:
    """Return the first number of `80 to 90 percent`, which has no sign of its own, as a share."""
    return replace(low, value=low.value / 100) if low is not None and low.value is not None else low


def _least(sentence: Sentence, low: Number, high: Quantity) -> Decimal:
    """Return the first of two numbers in the scale of the second: 600 million of `600-700 million`."""
    assert low.value is not None
    assert high.number.value is not None
    if high.role is Role.PERCENT:
        return low.value
    written = number_written(sentence, high.number)
    is_bare = low.after == low.first + 1
    return low.value * high.number.value / written if is_bare and written and low.value < written else low.value


def number_written(sentence: Sentence, number: Number) -> Decimal | None:
    """Return what the first token of a number says alone: 700 of `700 million`."""
    token = sentence.tokens[number.first]
    alone = number_at([token], 0)
    return alone.value if alone is not None else None
