"""Which days a claim covers: the date that belongs to it in its sentence, or what the sentence before has set."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from qiyafa.model.claim import Measure
from qiyafa.model.period import Period, year_period
from qiyafa.record.reading.found_date import DateKind, FoundDate
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.read_claim import Draft
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_AS_OF_NOW: Final = (Measure.RECOVERED, Measure.OUTSTANDING, Measure.FROZEN)
"""What has become of a theft is said as of the statement, whenever the theft was."""
_YEARLY_WITHIN: Final = 3
_TO_WITHIN: Final = 6
"""Tokens between the `to` and the `from` of `rose to 231 hacks from 219`."""
_BASE_WITHIN: Final = 5
"""Tokens between `compared with` and its date: `عن الفترة نفسها من العام الماضي`."""
_DATED_WITHIN: Final = 1
"""Tokens between a Korean date and the quantity that it alone belongs to: `2021년 3조원에서 지난해 1조원으로`."""
AGAINST: Final = frozenset({"against", "versus", "vs", "مقابل"})
"""Words before a number that the one told of is compared with."""
_ENDS_COMPARISON: Final = frozenset({"and", ","})
"""Words behind what something is compared with, after which a text speaks of the present again."""
_LEVEL_WITHIN: Final = 9
"""Tokens between `from` and the date of its number."""
_BASE_BEHIND: Final = 6
"""Tokens between a Korean date and the `보다` behind its quantity: `2021년의 33억 달러보다`."""
_FIGURES_WITHIN: Final = 16
"""Tokens between a Korean date and the word that compares its figures with others."""
_TIMES_OF: Final = frozenset({"배인", "배에", "배로", "배가", "배나"})
"""How Korean says how many times a year's figure it is: `2020년의 1.5배인 12억 달러`."""
_ONWARDS: Final = ("에서", "로", "보다", "으나", "지만", "는데", "인데", "며", "고")
_OTHER_EVENT: Final = frozenset({"before", "after", "until", "قبل", "بعد"})
_OF_THE_YEAR: Final = ("ordinal", "record", "superlative", "supports")
"""Rules whose claims speak of the present: without a date they hold for this year."""


@dataclass(frozen=True, slots=True)
class Covered:
    """The days of a claim, and the words that they were taken from."""

    period: Period
    date: FoundDate | None
    """None if the period was not taken from this sentence."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """The period that the sentences before have set."""

    period: Period | None
    sentences: int
    """How many sentences ago."""


def cover(sentence: Sentence, dates: list[FoundDate], draft: Draft, inherited: Inherited, day: date) -> Covered:
    """Return the days that a draft covers."""
    if draft.period is not None:
        return Covered(draft.period, None)
    own = [one for one in dates if one.kind is not DateKind.SAID]
    if draft.rule == "change":
        return _change(sentence, own, draft, inherited, day)
    chosen = _nearest(sentence, own, draft)
    if (chosen is None or not _is_beside(sentence, chosen, draft)) and _is_yearly(sentence, draft):
        return Covered(Period(None, day), None)
    is_dated = chosen is not None and sentence.language == "ko" and draft.first - chosen.after <= _DATED_WITHIN
    if _is_before_change(sentence, draft) and not is_dated and (chosen is None or chosen.first < draft.first):
        return _year_before(chosen, inherited, day)
    if chosen is None:
        return _without_date(dates, draft, inherited, day)
    if draft.rule == "seat" or (draft.measure in _AS_OF_NOW and not _is_beside(sentence, chosen, draft)):
        start = chosen.period.start
        return Covered(Period(start, max(day, start) if start else day), chosen)
    return Covered(chosen.period, chosen)


def _is_beside(sentence: Sentence, one: FoundDate, draft: Draft) -> bool:
    span = (one.after, draft.first) if one.first < draft.first else (draft.after, one.first)
    return not sentence.has_comma(*span)


def _nearest(sentence: Sentence, dates: list[FoundDate], draft: Draft) -> FoundDate | None:
    """Choose: within the claim's words, behind it in its clause, before it, behind it anywhere."""
    dates = [one for one in dates if not _is_of_level(sentence, one, draft)]
    within = [one for one in dates if draft.first <= one.first < draft.after]
    within += [one for one in dates if one.after == draft.first - 1 and sentence.word(one.after) == "("]
    is_korean = sentence.language == "ko"
    behind = [one for one in dates if one.first >= draft.after and not _is_of_compared(sentence, one, draft)]
    behind = [one for one in behind if not one.is_before or (one.first - draft.after <= 1 and not is_korean)]
    before = [one for one in dates if one.after <= draft.first]
    if is_korean and before:
        ends = [*(other.first for other in before[1:]), draft.first]
        before = [
            one for one, end in zip(before, ends, strict=True) if not _is_compared_between(sentence, one.after - 1, end)
        ]
    is_now = [
        one
        for one in before
        if (not _is_base(sentence, one) or _opens_clause(sentence, one))
        and not (one.is_before and not _is_beside(sentence, one, draft))
    ]
    before = is_now or [one for one in before if sentence.word(one.after) not in _ENDS_COMPARISON]
    if within:
        return within[0]
    is_next = behind and behind[0].first == draft.after and not _goes_on(sentence, draft)
    if is_korean and before and not is_next:
        return before[-1]
    is_far = bool(behind) and _has_number(sentence, draft.after, behind[0].first)
    if (
        behind
        and not (is_far and before)
        and _is_beside(sentence, behind[0], draft)
        and not _is_of_another(sentence, behind[0], draft)
    ):
        return behind[0]
    if before:
        return before[-1]
    return behind[0] if behind else None


def _opens_clause(sentence: Sentence, one: FoundDate) -> bool:
    """Whether more is told of a date: `less than in July 2024, when one exchange lost $235M`."""
    place = one.after + 1 if sentence.word(one.after) == "," else one.after
    return sentence.word(place) == "when"


def _is_compared_between(sentence: Sentence, first: int, after: int) -> bool:
    """Whether Korean compares with a date before it comes to a claim: `전년보다 네 배 늘어난 17억 달러`."""
    for place in range(first, after):
        mark = sentence.at(place, Role.TIME)
        is_base = mark is not None and mark.value == "from-base" and sentence.tokens[place].script is Script.HANGUL
        is_times = sentence.tokens[place].glued and sentence.word(place) in _TIMES_OF
        if is_base or is_times or sentence.word(place).endswith("보다"):
            return True
    return False


def _is_of_compared(sentence: Sentence, one: FoundDate, draft: Draft) -> bool:
    """Whether a date behind belongs to a number that this one is compared with: `303 hacks, against 282 in 2023`."""
    places = [place for place in range(draft.after, one.first) if _compares(sentence, place)]
    return bool(places) and _has_number(sentence, places[0], one.first)


def _compares(sentence: Sentence, place: int) -> bool:
    """Whether a word leads to what a number is compared with: `against 282`, `down to $1.8bn from $3.9bn`."""
    is_level = sentence.word(place) == "from" and sentence.at(place + 1, Role.CURRENCY) is not None
    return sentence.word(place) in AGAINST or (is_level and sentence.has(Role.CHANGE))


def _is_of_level(sentence: Sentence, one: FoundDate, draft: Draft) -> bool:
    """Whether a date belongs to what another number fell from: the year of `from $1.5 billion in 2024 to $713m`."""
    if sentence.word(one.after) not in ("to", "الي") or not sentence.has(Role.CHANGE):
        return False
    places = [place for place in range(max(0, one.first - _LEVEL_WITHIN), one.first) if _is_from(sentence, place)]
    is_level = bool(places) and _has_number(sentence, places[-1], one.first)
    return is_level and not places[-1] <= draft.first < one.first


def _is_of_origin(sentence: Sentence, one: FoundDate) -> bool:
    """Whether a date is that of what something came from: `fell to 813 million from 1.25 billion in 2023`."""
    places = [place for place in range(max(0, one.first - _LEVEL_WITHIN), one.first - 1) if _is_from(sentence, place)]
    if not places or not sentence.has(Role.CHANGE) or one.kind is DateKind.SINCE:
        return False
    behind = places[-1] + 1
    bound = sentence.at(behind, Role.BEFORE)
    is_number = sentence.tokens[bound.after if bound is not None else behind].script is Script.NUMBER
    return is_number and not sentence.has_comma(behind, one.first)


def _is_from(sentence: Sentence, place: int) -> bool:
    return sentence.word(place) in ("from", "من")


def _has_number(sentence: Sentence, first: int, after: int) -> bool:
    """Whether another number stands between, to which a date behind belongs: `fell to 1.1 billion from 1.7 in 2022`."""
    return any(sentence.tokens[place].script is Script.NUMBER for place in range(first, after))


def _goes_on(sentence: Sentence, draft: Draft) -> bool:
    """Whether Korean goes on from a quantity to what follows: `37억 달러에서 2023년 17억 달러로 작년의 …`."""
    return sentence.word(draft.after - 1).endswith(_ONWARDS)


def _is_yearly(sentence: Sentence, draft: Draft) -> bool:
    """Whether it is an amount for each year, and of no year: `600 million a year`."""
    marks = sentence.roles.get(Role.TIME, ())
    return any(mark.value == "yearly" and abs(mark.first - draft.after) <= _YEARLY_WITHIN for mark in marks)


def _is_before_change(sentence: Sentence, draft: Draft) -> bool:
    """Whether it is what something rose or fell from: the 282 of `rose from 282 to 303`, `303, against 282`."""
    if sentence.word(draft.after - 1).endswith("에서") and sentence.has(Role.CHANGE):
        return True
    before = sentence.word(draft.first - 1)
    aims = (sentence.before(draft.first - 1, role) for role in (Role.ATTACK, Role.COUNT))
    is_aim = before == "against" and any(aims)
    if (before in AGAINST and not is_aim) or (
        before == "from" and sentence.before(draft.first - 1, Role.CHANGE) is not None
    ):
        return True
    if before not in ("from", "من") or not sentence.has(Role.CHANGE, Role.DOUBLED):
        return False
    places = (*range(draft.after, draft.after + 2), *range(max(0, draft.first - _TO_WITHIN), draft.first))
    return any(sentence.word(place) in ("to", "الي") for place in places)


def _year_before(chosen: FoundDate | None, inherited: Inherited, day: date) -> Covered:
    now = chosen.period if chosen is not None else inherited.period
    year = now.year if now is not None and now.year is not None else day.year
    return Covered(year_period(year - 1), None)


def _is_of_another(sentence: Sentence, one: FoundDate, draft: Draft) -> bool:
    """Whether another event stands between: `taken before being laundered in March`."""
    return any(sentence.word(place) in _OTHER_EVENT for place in range(draft.after, one.first))


def _change(sentence: Sentence, dates: list[FoundDate], draft: Draft, inherited: Inherited, day: date) -> Covered:
    """A change runs from what it is compared with to what it is said of: `in 2023, down 50 % from 2022`."""
    before = [one for one in dates if one.after <= draft.first and not _is_of_origin(sentence, one)]
    behind = [one for one in dates if one.first >= draft.first]
    now = before[-1] if before else None
    base = behind[0] if behind else None
    if now is not None and (now.is_before or is_base_before(sentence, now)):
        now, base = before[-2] if len(before) > 1 else None, now
    is_now = base is not None and not base.is_before and not is_base_before(sentence, base)
    if now is None and base is not None and is_now and not _is_base(sentence, base):
        now, base = base, behind[1] if len(behind) > 1 else None
    if now is not None:
        period = now.period
    elif base is not None and base.period.year is not None and (base.has_year or base.is_relative):
        period = year_period(base.period.year + 1)
    else:
        period = inherited.period or Period(date(day.year, 1, 1), day)
    if base is None or base.period.start is None:
        return Covered(period, now)
    starts = [one for one in (base.period.start, period.start) if one is not None]
    ends = [one for one in (base.period.end, period.end) if one is not None]
    return Covered(Period(min(starts), max(ends)), now or base)


def _is_base(sentence: Sentence, one: FoundDate) -> bool:
    """Whether a date is what something is compared with: `from 2022`, `عن عام 2022`."""
    is_arabic = sentence.tokens[one.first].script is Script.ARABIC
    for place in range(one.first, max(0, one.first - (_BASE_WITHIN if is_arabic else 3)), -1):
        marks = sentence.ending.get(place, ())
        if any(mark.role is Role.TIME and mark.value == "from-base" for mark in marks):
            return True
    before = [sentence.word(one.first - 2), sentence.word(one.first - 1)]
    return before[1] == "than" or before == ["than", "in"]


def is_base_before(sentence: Sentence, one: FoundDate) -> bool:
    """Whether it is what Korean compares with: `전년 대비`, `지난해보다`, `2023년 20건, 6억 달러와 견주면`."""
    if _are_figures_compared(sentence, one.after):
        return True
    for place in range(one.after - 1, one.after + _BASE_BEHIND):
        if sentence.word(place).endswith("보다"):
            return True
        if sentence.word(place) == ",":
            break
    mark = sentence.at(one.after, Role.TIME)
    return mark is not None and mark.value == "from-base" and sentence.tokens[mark.first].script is Script.HANGUL


def _are_figures_compared(sentence: Sentence, first: int) -> bool:
    """Whether nothing but figures stands from a token to a Korean word of comparing."""
    for place in range(first, min(first + _FIGURES_WITHIN, len(sentence.tokens))):
        mark = sentence.at(place, Role.TIME)
        if mark is not None and mark.value == "from-base":
            return sentence.tokens[place].script is Script.HANGUL
        before = sentence.tokens[place]
        if before.script is Script.HANGUL and not before.glued and not sentence.tokens[place - 1].word.isdigit():
            is_unit = any(sentence.at(place, role) for role in (Role.CURRENCY, Role.ASSET, Role.COUNT))
            if not is_unit:
                return False
    return False


def _without_date(dates: list[FoundDate], draft: Draft, inherited: Inherited, day: date) -> Covered:
    said = next((one for one in dates if one.kind is DateKind.SAID), None)
    of_the_year = draft.rule in _OF_THE_YEAR or draft.measure is Measure.DESIGNATIONS
    if said is not None and of_the_year:
        return Covered(said.period, said)
    if said is not None and not (inherited.period is not None and inherited.sentences == 1):
        return Covered(Period(None, said.period.end), said)
    if inherited.period is not None and not of_the_year:
        start = inherited.period.start if draft.measure in _AS_OF_NOW else None
        return Covered(Period(start, max(day, start)) if start else inherited.period, None)
    return Covered(Period(date(day.year, 1, 1), day) if of_the_year else Period(None, day), None)
