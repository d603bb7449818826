"""What a number counts: money, an asset, attacks, people, a share of something.

A number without a unit that the tables know is nobody's quantity: house numbers, phone numbers, ages, list numbers.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.number import Kind, Number
from qiyafa.record.reading.numbers_arabic import with_part, without_owner
from qiyafa.record.reading.numbers_korean import ODD
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_FILLERS_MOST: Final = 4
_NO_FILLERS: Final = frozenset(
    folded_words(
        "of in and the by for at to from that which who were was is are has had with on or than as into not "
        "said it its since after before while when their his per a an years year months month days day weeks "
        "week hours hour minutes minute times page pages million billion other largest biggest worst top"
    )
)
"""English words that never stand between a number and what it counts."""
_CHANGE_WITHIN, _NOUN_WITHIN = 6, 6
"""Tokens from `increased` to its second number, and from the noun to `increased`."""
_UNITS_OF_ASSETS: Final = frozenset(
    folded_words("وحده وحدات قطعه عمله عملات من 개 개의 of those these the stolen missing")
)
"""Words between a number and its asset: `400 ألف وحدة من عملة الإيثيريوم`."""
_PERSONS: Final = ("명", "분")
"""What Korean counts people with; the second is polite, and without people before it a minute."""
_MINUTES: Final = ("분기", "분간", "분쯤", "분만")
_RATES: Final = frozenset({"월", "연", "연간", "매월", "매달", "연리", "하루"})
"""Korean words before a percentage that is a return or an interest: `월 20%의 수익`."""
_TIMES: Final = re.compile("배(?:[로가나에를인의는]|까지|다|였.*|입니다|쯤|가량|가까이|이상|넘게)?")
"""`times` with what Korean fastens to it; not the beginning of another noun."""
_AMONG: Final = frozenset({"중", "중에", "중에서", "가운데"})
_PIECES: Final = frozenset(folded_words("개 개를 개가 개로 개는 개와 개도 개의 개에 개다 개였다 개입니다"))
"""The Korean counter of things, with its particles."""
_NUMBERED_WITHIN: Final = 12
"""Tokens between `عدد الهجمات` and the number."""
_NUMBER_OF: Final = frozenset(folded_words("عدد وعدد بعدد"))
_ENDS: Final = frozenset(folded_words("في من خلال منذ عام مقابل مقارنه حتي بعد علي"))
"""Words behind a number that are not what it counts."""
_LONGEST_TICKER: Final = 8
_WHOLE_WITHIN: Final = 7
"""Tokens between a fraction and its whole: `half of the country's foreign currency`."""
UNSEEN: Final = frozenset(
    folded_words(
        "a the total of an worth value valued amount sum about ' \" whopping staggering further additional "
        "another combined just only ما قيمته قيمتها قيمه بقيمه مبلغ بمبلغ مبلغا مقداره قدره قدرها عددها عدد "
        "مجموعه مجموعها من الي علي بلغ بلغت تبلغ يبلغ ب نسبه بنسبه اجمالي 총 모두 무려 또"
    )
)
"""Words that may stand between a bound and its number."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and bound, from token `first` to before `after`."""

    number: Number
    role: Role
    """What kind of unit: CURRENCY, ASSET, COUNT, PEOPLE, PERCENT, FRACTION_OF or DOUBLED."""
    unit: str
    unit_words: str
    bound: Bound
    bound_words: str
    first: int
    after: int
    until: Decimal | None = None
    """The upper end of a range."""


def with_unit(sentence: Sentence, number: Number) -> Quantity | None:
    """Return a number with what it counts, or None if the tables know no unit beside it."""
    return (
        _money_before(sentence, number)
        or _unit_behind(sentence, number)
        or _share(sentence, number)
        or _times(sentence, number)
        or _people_before(sentence, number)
        or _designees_before(sentence, number)
        or _counted(sentence, number)
        or _counted_before(sentence, number)
        or _numbered(sentence, number)
    )


def _quantity(sentence: Sentence, number: Number, mark: Mark) -> Quantity:
    first, after = min(number.first, mark.first), max(number.after, mark.after)
    words = sentence.words(mark.first, mark.after)
    return Quantity(number, mark.role, str(mark.value), words, Bound.EXACT, "", first, after)


def _money_before(sentence: Sentence, number: Number) -> Quantity | None:
    """Read `$230m`, `US$3bn`, `USD 5 million`; a sign between two numbers belongs to the one it stands before."""
    mark = sentence.before(number.first, Role.CURRENCY)
    if mark is None or number.kind is Kind.FRACTION:
        return None
    is_sign = sentence.tokens[mark.after - 1].script is Script.MARK or sentence.tokens[mark.first].word.isascii()
    behind = sentence.at(number.after, Role.CURRENCY)
    if not is_sign or (behind is not None and sentence.tokens[mark.after - 1].script is not Script.MARK):
        return None
    if mark.after - mark.first > 1 and not _is_one_sign(sentence, mark):
        mark = Mark(Role.CURRENCY, "USD", mark.after - 1, mark.after)
    if sentence.tokens[mark.first].word in ("won", "dollars", "dollar", "euros", "pounds", "yen", "yuan", "pesos"):
        return None
    return _quantity(sentence, number, mark)


def _is_one_sign(sentence: Sentence, mark: Mark) -> bool:
    """Whether `A$`, `HK$`, `US $` is one sign; not the ends of `a $5m loan`, `DPRK's $1.5 billion`."""
    first, sign = sentence.tokens[mark.first], sentence.tokens[mark.after - 1]
    return sign.word != "$" or (first.written.isupper() and (sign.glued or len(first.word) > 1))


def _unit_behind(sentence: Sentence, number: Number) -> Quantity | None:
    """Read `3 مليارات دولار`, `5억 달러`, `billions of dollars`, `173,600 ETH`, `이더리움 34만2천개`."""
    if number.kind is Kind.FRACTION:
        return None
    place = number.after
    if sentence.word(place) == ODD or sentence.word(place) == "-":
        place += 1
    if sentence.word(place).startswith("개") and (asset := _asset_before(sentence, number)):
        return _quantity(sentence, number, asset._replace(after=max(asset.after, place + 1)))
    if sentence.word(place) in ("of", "من", "in") and sentence.at(place, Role.CURRENCY) is None:
        place += 1
    mark = sentence.at(place, Role.CURRENCY) or sentence.at(place, Role.ASSET)
    while mark is None and place < number.after + 4 and _is_before_asset(sentence, place):
        place += 1
        mark = sentence.at(place, Role.ASSET)
    if mark is None and place < len(sentence.tokens) and sentence.tokens[place].script is Script.HANGUL:
        mark = sentence.at(place + 1, Role.CURRENCY) if sentence.word(place) == "미국" else None
    if mark is None or _is_kind(sentence, number, mark):
        return None
    if mark.role is Role.CURRENCY and number.kind is Kind.NUMBER:
        number = with_part(sentence.tokens, number, mark.after)
    return _quantity(sentence, number, mark)


def _is_kind(sentence: Sentence, number: Number, asset: Mark) -> bool:
    """Whether an asset only says of which kind something is: `31 BTC addresses`, `one ETH hot wallet`."""
    counted = sentence.at(asset.after, Role.COUNT)
    is_one = number.is_spelled and number.value == 1 and asset.role is Role.ASSET
    is_english = sentence.tokens[number.first].script is Script.LATIN
    return (is_one and is_english) or (counted is not None and counted.value == "addresses")


def _is_before_asset(sentence: Sentence, place: int) -> bool:
    """Whether a word may stand between a number and its asset: `1,580개 정도의 비트코인`."""
    if sentence.word(place) in _UNITS_OF_ASSETS:
        return True
    return sentence.at(place, Role.AFTER) is not None and sentence.tokens[place].script is Script.HANGUL


def _asset_before(sentence: Sentence, number: Number) -> Mark | None:
    """Return the asset named before a number: `비트코인 1,580개`, `위믹스(WEMIX) 1,000만개`."""
    if sentence.word(number.first - 1) == ")" and sentence.word(number.first - 3) == "(":
        ticker = sentence.tokens[number.first - 2]
        if ticker.script is Script.LATIN and ticker.written.isupper() and 2 <= len(ticker.written) <= _LONGEST_TICKER:
            return Mark(Role.ASSET, ticker.written, number.first - 2, number.first)
    for place in range(number.first, max(-1, number.first - 3), -1):
        mark = sentence.before(place, Role.ASSET)
        if mark is not None:
            return mark
        word = sentence.word(place - 1)
        if word not in ("코인", "토큰", "만", "만도", *UNSEEN) and sentence.at(place - 1, Role.BEFORE) is None:
            return None
    return None


def _share(sentence: Sentence, number: Number) -> Quantity | None:
    mark = sentence.at(number.after, Role.PERCENT)
    if mark is None and sentence.word(number.after) == "في":
        mark = sentence.at(number.after + 1, Role.PERCENT)
    if mark is not None and number.kind is Kind.NUMBER and number.value is not None:
        if sentence.word(number.first - 1) in _RATES:
            return None
        part = replace(number, value=number.value / (10 if mark.value == "tenths" else 100))
        return replace(_quantity(sentence, number, mark), number=part, unit="share")
    if number.kind is not Kind.FRACTION:
        return None
    changed = _part_of_change(sentence, number)
    if changed is not None:
        return changed
    for place in range(number.after, number.after + _WHOLE_WITHIN):
        mark = sentence.at(place, Role.FRACTION_OF)
        if mark is not None:
            return replace(_quantity(sentence, number, mark), unit="share")
    return _part_of_it(sentence, number) or _half_of_whole_before(sentence, number)


def _times(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Korean `네 배`, `1.5배`: as many times, which is a change by one less."""
    word = sentence.word(number.after)
    if number.kind is not Kind.NUMBER or number.value is None or not _TIMES.fullmatch(word):
        return None
    changed = replace(number, value=number.value - 1)
    mark = Mark(Role.DOUBLED, "ratio", number.after, number.after + 1)
    return replace(_quantity(sentence, number, mark), number=changed)


def _part_of_it(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Arabic, where `of it` is fastened to the part: `نصفها`, `أربعة أخماسه`."""
    last = sentence.tokens[number.after - 1]
    if last.script is not Script.ARABIC or without_owner(last.word) == last.word:
        return None
    mark = Mark(Role.FRACTION_OF, "stolen", number.after - 1, number.after)
    return replace(_quantity(sentence, number, mark), unit="share")


def _part_of_change(sentence: Sentence, number: Number) -> Quantity | None:
    """Read `fell by more than half`, `dropped a third`, `بنحو الثلث`, `절반 줄었다`: a part of what was before."""
    if sentence.word(number.after) in ("of", "من") or sentence.word(number.first - 1) in ("to", "الي", "the", "of"):
        return None
    is_korean = sentence.tokens[number.after - 1].script is Script.HANGUL
    places = range(number.after, number.after + 3) if is_korean else range(number.first, number.first - 6, -1)
    for place in places:
        mark = sentence.at(place, Role.CHANGE) if is_korean else sentence.before(place, Role.CHANGE)
        if mark is not None:
            whole = mark._replace(role=Role.FRACTION_OF)
            return replace(_quantity(sentence, number, whole), unit="share", first=number.first, after=number.after)
        if not is_korean and sentence.word(place - 1) in (",", ";", "and", "و"):
            return None
    return None


def _half_of_whole_before(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Korean, where the whole comes first: `피해액의 절반`, `전체의 5분의 1`."""
    if sentence.tokens[number.first].script not in (Script.HANGUL, Script.NUMBER):
        return None
    if sentence.word(number.first - 1) in _AMONG:
        whole = Mark(Role.FRACTION_OF, "stolen", number.first - 1, number.first)
        return replace(_quantity(sentence, number, whole), unit="share", first=number.first)
    for place in range(number.first, max(0, number.first - 4), -1):
        mark = sentence.before(place, Role.FRACTION_OF)
        if mark is not None and sentence.tokens[mark.first].script is Script.HANGUL:
            return replace(_quantity(sentence, number, mark), unit="share", first=number.first)
    return None


def _designees_before(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Korean lists of who was sanctioned, where a bare counter stands behind: `개인 35명과 기관 41개`."""
    mark = sentence.before(number.first, Role.PEOPLE)
    is_counter = sentence.word(number.after) in _PIECES
    if number.kind is not Kind.NUMBER or mark is None or not is_counter or not sentence.has(Role.SANCTION):
        return None
    return replace(_quantity(sentence, number, mark), first=number.first, after=number.after + 1)


def _counted(sentence: Sentence, number: Number) -> Quantity | None:
    """Read `58 هجوما`, `58 suspected cyberattacks`, `17건`, `8 individuals`."""
    if number.kind is Kind.FRACTION:
        return None
    is_one = number.is_spelled and number.value == 1
    place = number.after
    if sentence.word(place) == ODD or (number.kind is Kind.ORDER and sentence.word(place) in ("of", "من")):
        place += 1
    for step in range(_FILLERS_MOST):
        people, counted = sentence.at(place, Role.PEOPLE), sentence.at(place, Role.COUNT)
        mark = people if counted is None or (people is not None and sentence.has(Role.SANCTION)) else counted
        if mark is not None and sentence.word(mark.first).startswith("و") and mark.value != "victims":
            return None
        if mark is not None and is_one and mark is not people:
            return None
        if mark is not None and not _is_passed_over(sentence, place, mark):
            return _quantity(sentence, number, mark)
        if place >= len(sentence.tokens) or sentence.word(place) in _NO_FILLERS:
            return None
        is_word = sentence.tokens[place].script is Script.LATIN or sentence.word(place) == "-"
        is_counter = sentence.word(number.after) == "개" and (step <= 1 or _is_before_asset(sentence, place))
        if not is_word and not is_counter:
            return None
        place += 1
    return None


def _people_before(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Korean, where the noun may come first: `피해자 230명`, `투자자 1천36명에게서`."""
    counter = number.after + 1 if sentence.word(number.after) == ODD else number.after
    is_one = number.is_spelled and number.value == 1
    is_counter = sentence.word(counter).startswith(_PERSONS) and not sentence.word(counter).startswith(_MINUTES)
    if number.kind is not Kind.NUMBER or is_one or not is_counter:
        return None
    for place in range(number.first, number.first - 3, -1):
        mark = sentence.before(place, Role.COUNT)
        if mark is not None and mark.value == "victims":
            return replace(_quantity(sentence, number, mark), first=number.first, after=counter + 1)
        if sentence.before(place, Role.BEFORE) is None and sentence.word(place - 1) not in UNSEEN:
            return None
    return None


def _counted_before(sentence: Sentence, number: Number) -> Quantity | None:
    """Read a bare number whose noun stands before: `incidents increased from 282 in 2023 to 303 in 2024`."""
    if sentence.word(number.first - 1) not in ("from", "to", "من", "الي") or number.value is None:
        return None
    changes = [mark for mark in sentence.roles.get(Role.CHANGE, ()) if mark.first < number.first]
    if not changes or number.first - changes[-1].after > _CHANGE_WITHIN:
        return None
    counts = [mark for mark in sentence.roles.get(Role.COUNT, ()) if mark.value == "incidents"]
    near = [mark for mark in counts if abs(mark.first - changes[-1].first) <= _NOUN_WITHIN]
    if not near:
        return None
    counted = _quantity(sentence, number, near[0])
    return replace(counted, first=number.first, after=number.after)


def _numbered(sentence: Sentence, number: Number) -> Quantity | None:
    """Read Arabic, where `the number of` comes first: `بلغ عدد الهجمات هذا العام 179`, `عددهم 300`."""
    before = _before_bound(sentence, number.first)
    reached = sentence.before(before, Role.TOTAL)
    if number.kind is not Kind.NUMBER or sentence.language != "ar" or not _is_end(sentence, number.after):
        return None
    for place in range(number.first, max(0, number.first - _NUMBERED_WITHIN), -1):
        mark = sentence.before(place, Role.COUNT)
        if mark is None or sentence.word(mark.first - 1) not in _NUMBER_OF:
            continue
        is_said = reached is not None or sentence.before(mark.first - 1, Role.TOTAL) is not None
        return replace(_quantity(sentence, number, mark), first=number.first, after=number.after) if is_said else None
    return None


def _before_bound(sentence: Sentence, place: int) -> int:
    mark = sentence.before(place, Role.BEFORE)
    return mark.first if mark is not None else place


def _is_end(sentence: Sentence, place: int) -> bool:
    """Whether no noun stands at a place that the number before it could count."""
    return (
        place >= len(sentence.tokens) or sentence.tokens[place].script is Script.MARK or sentence.word(place) in _ENDS
    )


def _is_passed_over(sentence: Sentence, place: int, mark: Mark) -> bool:
    """Whether a noun is only the beginning of a longer one: `20 hack attempts`, `three exchange hacks`."""
    behind = mark.after
    if sentence.tokens[place].script is not Script.LATIN or sentence.at(behind, Role.COUNT) is None:
        return False
    return sentence.at(behind, Role.COUNT) is not None
