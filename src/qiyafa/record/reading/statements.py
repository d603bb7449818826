"""Claims without an amount: the year of an event, the number of a meeting, records, superlatives, where a firm sits.

Few and narrow on purpose: each rule wants two kinds of words close to each other.
"""

from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Measure
from qiyafa.model.period import year_period
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.found_date import DateKind, FoundDate
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.read_claim import Draft
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

_MEETING_WITHIN: Final = 3
_NOUN_WITHIN: Final = 6
_WEAPONS_WITHIN: Final = 8
_COUNTRY_WITHIN: Final = 3
_MOST_MARKS: Final = 8
"""Marks of one role in a sentence that are tried."""
_NOT_A_VERB_BEFORE: Final = frozenset(
    folded_words("to the of stolen these those such illicit laundered their its and in on for with used help helped")
)
"""Words before `funds`, `support` that make it a noun, or a purpose and no statement."""
_ORDINAL_ENDS: Final = frozenset({"th", "st", "nd", "rd", "차"})


def statements(sentence: Sentence, dates: list[FoundDate], amounts: list[Draft]) -> list[Draft]:
    """Return the drafts of a sentence that are no amounts, in order."""
    found = [*_ordinals(sentence), *_seats(sentence)]
    if not amounts:
        found += _records(sentence) or _superlatives(sentence)
        found += _supports(sentence)
    if not amounts and not found:
        found += _years(sentence, dates)
    return sorted(found, key=lambda draft: draft.first)


def _qualitative(
    sentence: Sentence, rule: str, measure: Measure, marks: list[Mark], unit: str = "qualitative"
) -> Draft:
    first, after = min(mark.first for mark in marks), max(mark.after for mark in marks)
    reasons = (f"{rule}: {sentence.words(marks[0].first, marks[0].after)}",)
    return Draft(rule, measure, None, unit, Bound.EXACT, first, after, reasons=reasons)


def _years(sentence: Sentence, dates: list[FoundDate]) -> list[Draft]:
    """Read `In 2014 Lazarus attacked Sony`, `since at least 2009`, `بحلول عام 2017`."""
    events = [*sentence.roles.get(Role.ATTACK, ()), *sentence.roles.get(Role.MEASURE, ())]
    if not events or not sentence.has(Role.ACTOR):
        return []
    for one in dates:
        if one.kind is not DateKind.SAID and not one.is_relative and (one.is_decade or one.is_year):
            return [_year(sentence, one, events)]
    return []


def _year(sentence: Sentence, one: FoundDate, events: list[Mark]) -> Draft:
    """`Since at least 2009` has its limit above: it began then or before."""
    limit = one.period.start or one.period.end
    assert limit is not None
    bound = Bound.UP_TO if one.kind is DateKind.BY else Bound.EXACT
    if one.kind is DateKind.SINCE and _has_at_least(sentence, one):
        bound = Bound.AT_LEAST
    quantity = Decimal(limit.year)
    lower, upper = (None, quantity) if bound is not Bound.EXACT else (quantity, quantity)
    period = one.period if one.kind is DateKind.SINCE else year_period(limit.year)
    event = min(events, key=lambda mark: abs(mark.first - one.after))
    reasons = (f"year: {sentence.words(one.first, one.after)}",)
    evidence = ((event.first, event.after),)
    return Draft(
        "year",
        Measure.BEGINNING,
        quantity,
        "year",
        bound,
        one.first,
        one.after,
        lower,
        upper,
        evidence,
        reasons,
        period,
    )


def _has_at_least(sentence: Sentence, one: FoundDate) -> bool:
    """Whether `since at least 2009`: it began then or before."""
    marks = [sentence.before(place, Role.BEFORE) for place in (one.first, one.first - 1)]
    marks += [sentence.at(one.after, Role.AFTER), sentence.at(one.after, Role.BEFORE)]
    return any(mark is not None and mark.value in (Bound.AT_LEAST, Bound.ABOUT) for mark in marks)


def _ordinals(sentence: Sentence) -> list[Draft]:
    """Read `their sixth meeting`, `اجتماعها السادس`, `제6차 회의`."""
    found = []
    for meeting in sentence.roles.get(Role.MEETING, [])[:_MOST_MARKS]:
        ordinal = _ordinal_near(sentence, meeting)
        if ordinal is not None:
            number, first, after = ordinal
            quantity = Decimal(number)
            span = (min(first, meeting.first), max(after, meeting.after))
            reasons = (f"ordinal: {sentence.words(first, after)}",)
            found.append(
                Draft(
                    "ordinal", Measure.MEETING, quantity, "ordinal", Bound.EXACT, *span, quantity, quantity, (), reasons
                )
            )
    return found[:1]


def _ordinal_near(sentence: Sentence, meeting: Mark) -> tuple[int, int, int] | None:
    """Return an ordinal of two or more beside a meeting, with the tokens it stands in."""
    arabic = sentence.tokens[meeting.first].script is Script.ARABIC
    behind = range(meeting.after, meeting.after + (2 if arabic else 0))
    before = range(meeting.first - 1, meeting.first - 1 - _MEETING_WITHIN, -1)
    for place in (*behind, *before):
        mark = sentence.at(place, Role.ORDINAL)
        if mark is not None and isinstance(mark.value, int) and mark.value > 1:
            return mark.value, mark.first, mark.after
        word, end = sentence.word(place), sentence.word(place + 1)
        if word.isascii() and word.isdigit() and len(word) <= 2 and int(word) > 1 and end in _ORDINAL_ENDS:
            return int(word), place, place + 2
    return None


def _noun_near(sentence: Sentence, mark: Mark) -> Mark | None:
    nouns = [mark for role in (Role.MEASURE, Role.COUNT, Role.ATTACK) for mark in sentence.roles.get(role, ())]
    near = [
        noun
        for noun in nouns
        if -_NOUN_WITHIN <= noun.first - mark.after <= _NOUN_WITHIN
        and not sentence.has_comma(min(noun.after, mark.after), max(noun.first, mark.first))
    ]
    return min(near, key=lambda noun: abs(noun.first - mark.after), default=None)


def _records(sentence: Sentence) -> list[Draft]:
    """Read `reached a record level`, `قفز إلى مستوى قياسي`, `사상 최대`."""
    for mark in sentence.roles.get(Role.RECORD, [])[:_MOST_MARKS]:
        others = [*sentence.roles.get(Role.MEASURE, ()), *sentence.roles.get(Role.COUNT, ())]
        noun = _noun_near(sentence, mark) or next(iter(others), None)
        if noun is not None:
            return [_qualitative(sentence, "record", _measure_of(noun), [mark, noun])]
    return []


def _superlatives(sentence: Sentence) -> list[Draft]:
    """Read `the largest crypto theft in history`, `الأكثر تضررا من الهجمات`; not `one of the largest`."""
    for mark in sentence.roles.get(Role.SUPERLATIVE, [])[:_MOST_MARKS]:
        noun = _noun_near(sentence, mark)
        before = [sentence.word(place) for place in range(mark.first - 3, mark.first)]
        is_one_of_many = number_at(sentence.tokens, mark.first - 1) is not None if mark.first else False
        is_one_of_many = is_one_of_many or "one" in before or "among" in before
        if noun is not None and not is_one_of_many and not _is_plural(sentence, mark, noun):
            return [_qualitative(sentence, "superlative", _measure_of(noun), [mark, noun])]
    return []


def _is_plural(sentence: Sentence, mark: Mark, noun: Mark) -> bool:
    """Whether English only names some of the largest: `the year's biggest heists`; what is lost has no singular."""
    last = sentence.tokens[noun.after - 1]
    is_of_noun = mark.after - mark.first == 1 and noun.first >= mark.after and last.script is Script.LATIN
    return is_of_noun and last.word.endswith("s") and not last.word.endswith("ss") and last.word != "losses"


def _measure_of(mark: Mark) -> Measure:
    return Measure(str(mark.value)) if mark.role is Role.MEASURE else Measure.INCIDENTS


def _supports(sentence: Sentence) -> list[Draft]:
    """Read `the crimes support the country's missile programmes`; not `to fund its weapons`, which is a purpose."""
    for mark in sentence.roles.get(Role.SUPPORTS, [])[:_MOST_MARKS]:
        is_korean = sentence.tokens[mark.first].script is Script.HANGUL
        if sentence.word(mark.first - 1) in _NOT_A_VERB_BEFORE:
            continue
        for weapons in sentence.roles.get(Role.WEAPONS, ()):
            away = mark.first - weapons.after if is_korean else weapons.first - mark.after
            if 0 <= away <= _WEAPONS_WITHIN and sentence.has(Role.ATTACK, Role.MEASURE):
                return [_qualitative(sentence, "supports", Measure.PROCEEDS, [mark, weapons])]
    return []


def _seats(sentence: Sentence) -> list[Draft]:
    """Read `headquartered in Singapore`, `التي تتخذ من الصين مقرا لها`, `세이셸에 본사를 둔`."""
    if not sentence.has(Role.MEASURE, Role.COUNT):
        return []
    for seat in sentence.roles.get(Role.SEAT, [])[:_MOST_MARKS]:
        for country in sentence.roles.get(Role.COUNTRY, ()):
            is_korean = sentence.tokens[seat.first].script is Script.HANGUL
            away = seat.first - country.after if is_korean else country.first - seat.after
            if 0 <= away <= _COUNTRY_WITHIN:
                return [_qualitative(sentence, "seat", Measure.OTHER, [country, seat], "country")]
    return []
