"""Claims of a text, read sentence by sentence by rules: numbers, units, bounds, dates, claimants.

The result is proposed, never fact. It takes time linear in the text: a sentence is at most `tokens.LONGEST` characters,
and of one sentence only so many dates and quantities are read. The same text gives the same claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from qiyafa.model.claim import Modality, Quote
from qiyafa.model.period import Period, year_period
from qiyafa.record.reading.amounts import Setting, amounts
from qiyafa.record.reading.claimants import claimant, without_particle
from qiyafa.record.reading.dates import find_dates
from qiyafa.record.reading.fold import Folded, fold
from qiyafa.record.reading.found_date import DateKind, FoundDate, Today
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.money_arabic import SHARED_NAMES, local_money
from qiyafa.record.reading.periods import AGAINST, Covered, Inherited, cover, is_base_before
from qiyafa.record.reading.quantities import find_quantities
from qiyafa.record.reading.read_claim import Draft, ReadClaim
from qiyafa.record.reading.sentence import Sentence, sentence_of
from qiyafa.record.reading.statements import statements
from qiyafa.record.reading.tokens import sentences
from qiyafa.record.reading.units import Quantity

_MODALITY_WITHIN: Final = 15
"""Tokens between a claim and the word that makes it a suspicion."""
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Days outside are taken as these, so that `sixty years ago` is a year of the calendar."""
_QUOTED_WITHIN: Final = 12
"""Tokens between an amount and another word that it rests on, if the quote is to reach to it."""
_LONGEST_ENTRY, _LONGEST_HEADING = 40, 6
"""Tokens of an entry of a list, and of a year that stands over one."""
_TOLD_WITHIN: Final = 2
"""Sentences for which a text goes on to speak of a theft."""
_INHERITED_WITHIN: Final = 3
"""Sentences for which a period holds on."""
_VERB_ENDS: Final = ("다", "요", "죠")
"""What a Korean sentence with a verb ends with; an entry of a list has none."""
_VERB_WITHIN: Final = 3
_ASIDES: Final = frozenset({"للمقارنه", "comparison", "context"})
"""First words of a sentence after which a text goes on where it was: `By comparison, …`, `To put it in context, …`."""
_ASIDE_WITHIN: Final = 5
_AGAINST_WITHIN: Final = 6
_PARAGRAPH: Final = "\n\n"
_UNTOLD: Final = frozenset({"year", "ordinal", "seat"})
"""Rules whose claims set no period for the next sentence."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What the sentences so far have set."""

    year: int
    inherited: Inherited
    theft_ago: int = _TOLD_WITHIN
    """Sentences since one that speaks of a theft; none at first."""
    heading: int | None = None
    money: str = ""
    """The currency of the latest amount."""
    lead: Inherited | None = None
    """What the first sentence that tells of a theft has set, and later ones that tell of later days; not in Korean."""
    is_in_list: bool = False
    """Whether the sentence before is an entry that ends with `;` or `; and`."""


@dataclass(frozen=True, slots=True)
class _Text:
    original: str
    folded: Folded
    day: date
    publisher: str
    local_money: Mapping[str, str]


def read_claims(text: str, *, day: date, publisher: str = "") -> list[ReadClaim]:
    """Return the claims of a text in its order. `day` is the day it was written: `last year` is the year before it.

    A quote's start and end count Unicode code points of the text as given.
    """
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    folded = fold(text)
    whole = _Text(text, folded, day, publisher, local_money(folded.text))
    context = _Context(day.year, Inherited(None, 1))
    found: list[ReadClaim] = []
    for start, stop in sentences(whole.folded.text):
        sentence = sentence_of(whole.folded.text, start, stop)
        if sentence is not None:
            claims, context = _read_sentence(whole, sentence, context)
            found += claims
        if whole.folded.text.find(_PARAGRAPH, start, stop) >= 0:
            lead = _back_at_lead(context)
            context = context if lead is context.inherited else replace(context, inherited=lead)
    return found


def _back_at_lead(context: _Context) -> Inherited:
    """Return what a new paragraph begins with: a look back at earlier days ends with the paragraph it stands in."""
    now, lead = context.inherited, context.lead
    if lead is None or now.period is None:
        return lead or now
    if now.period.end is None:
        return now
    if lead.period is None or lead.period.start is None or lead.period.end is None:
        return lead if lead.period is None else now
    is_longer = now.period.start is not None and now.period.start.year < lead.period.start.year
    return lead if is_longer or lead.period.end > now.period.end else now


def _read_sentence(whole: _Text, sentence: Sentence, context: _Context) -> tuple[list[ReadClaim], _Context]:
    is_listed = sentence.is_open or context.is_in_list
    is_entry = len(sentence.tokens) <= _LONGEST_ENTRY and Role.SAYS not in sentence.roles and is_listed
    if not is_entry and context.heading is not None:
        context = replace(context, heading=None)
    dates = find_dates(sentence, Today(whole.day, context.year, context.heading))
    if is_entry and context.heading is not None and not dates:
        context = replace(context, inherited=Inherited(year_period(context.heading), 1))
    setting = Setting(context.theft_ago < _TOLD_WITHIN, is_entry)
    quantities = _in_local_money(find_quantities(sentence, dates, context.money), whole.local_money)
    money = next((one.unit for one in reversed(quantities) if one.role is Role.CURRENCY), context.money)
    if money != context.money:
        context = replace(context, money=money)
    drafts = amounts(sentence, quantities, setting)
    told_dates = dates if drafts or not quantities else []
    drafts = sorted([*drafts, *statements(sentence, told_dates, drafts)], key=lambda draft: draft.first)
    covered = [cover(sentence, dates, draft, context.inherited, whole.day) for draft in drafts]
    claims = [_claim(whole, sentence, dates, draft, days) for draft, days in zip(drafts, covered, strict=True)]
    if not _ASIDES.isdisjoint([token.word for token in sentence.tokens[:_ASIDE_WITHIN]]):
        return claims, context
    told = [
        _told(draft, days)
        for draft, days in zip(drafts, covered, strict=True)
        if draft.rule not in _UNTOLD and not _is_compared_with(sentence, draft, days)
    ]
    if not drafts and not quantities and sentence.has(Role.MEASURE, Role.ATTACK, Role.COUNT):
        told = [Covered(one.period, one) for one in dates if one.kind is DateKind.PLAIN and not one.is_decade]
    return claims, _next_context(context, sentence, dates, told, is_entry)


def _is_compared_with(sentence: Sentence, draft: Draft, days: Covered) -> bool:
    """Whether a claim is only what the one told of is compared with, and sets no period for the next sentence."""
    if sentence.word(draft.first - 1) in AGAINST:
        return True
    is_korean = sentence.language == "ko" and draft.rule != "change"
    return is_korean and days.date is not None and is_base_before(sentence, days.date)


def _in_local_money(quantities: list[Quantity], money: Mapping[str, str]) -> list[Quantity]:
    """Give money whose name several countries share the code of one; without a country it is no one's."""
    known = [replace(one, unit=money[one.unit]) if one.unit in money else one for one in quantities]
    return [one for one in known if one.unit not in SHARED_NAMES]


def _told(draft: Draft, days: Covered) -> Covered:
    """Return the days that a claim tells of: of a change the year it ends in, not the one it is compared with."""
    start, end = days.period.start, days.period.end
    if draft.rule != "change" or start is None or end is None or start.year == end.year:
        return days
    return replace(days, period=Period(date(end.year, 1, 1), end))


def _next_context(
    context: _Context, sentence: Sentence, dates: list[FoundDate], told: list[Covered], is_entry: bool
) -> _Context:
    """A sentence sets the year that the text is at, and for those after it the latest period that it tells of."""
    named = [one for one in dates if one.kind is not DateKind.SAID and not one.is_before]
    is_elsewhere = not told and sentence.language == "ko" and sentence.has(Role.UNRELATED)
    years = [one.period.year for one in named if one.period.year is not None and not is_elsewhere]
    here = [days for days in told if days.date is None or not days.date.is_before]
    periods = [days.period for days in here if days.date is not None or days.period == context.inherited.period]
    bounded = [(one.end, one.start) for one in periods if one.start is not None and one.end is not None]
    inherited = Inherited(context.inherited.period, context.inherited.sentences + 1)
    if bounded and not _is_aside(sentence, context, max(bounded)[0]):
        end, start = max(bounded)
        inherited = Inherited(Period(start, end), 1)
    elif _leaves(sentence, dates, inherited.period) or inherited.sentences > _INHERITED_WITHIN:
        inherited = Inherited(None, 1)
    is_heading = is_entry and len(sentence.tokens) <= _LONGEST_HEADING and len(dates) == 1 and dates[0].is_year
    return _Context(
        year=_year_reached(inherited if bounded else Inherited(None, 1), years, context.year),
        inherited=inherited,
        theft_ago=0 if sentence.has(Role.MEASURE) or told else context.theft_ago + (0 if is_entry else 1),
        heading=dates[0].period.year if is_heading else context.heading,
        money=context.money,
        lead=_lead(context.lead, inherited) if told and sentence.language != "ko" else context.lead,
        is_in_list=is_entry and any(token.word == ";" for token in sentence.tokens[-2:]),
    )


def _lead(lead: Inherited | None, now: Inherited) -> Inherited:
    if lead is None:
        return now
    end = lead.period.end if lead.period is not None else None
    start = now.period.start if now.period is not None else None
    return now if end is not None and start is not None and start > end else lead


def _is_aside(sentence: Sentence, context: _Context, end: date) -> bool:
    """Whether Korean only looks back, without a word for what was done, and then goes on: `2022년에는 6억 달러였다`."""
    is_ended = any(token.word.endswith(_VERB_ENDS) for token in sentence.tokens[-_VERB_WITHIN:])
    if sentence.language != "ko" or not is_ended or sentence.has(Role.MEASURE, Role.ATTACK):
        return False
    period = context.inherited.period
    return (period is None or period.start is None or end < period.start) and end.year < context.year


def _is_against(sentence: Sentence, one: FoundDate) -> bool:
    """Whether a date belongs to what is only compared with: `$14 million, against $9 million in 2023`."""
    if sentence.language == "ko":
        return is_base_before(sentence, one)
    return any(sentence.word(place) in AGAINST for place in range(max(0, one.first - _AGAINST_WITHIN), one.first))


def _leaves(sentence: Sentence, dates: list[FoundDate], period: Period | None) -> bool:
    """Whether a sentence names a date that is no part of the period that the text is at."""
    named = [one.period for one in dates if not (one.is_before or _is_against(sentence, one))]
    return any(
        period is None
        or one.end is None
        or (period.start is not None and (one.start or one.end) < period.start)
        or (period.end is not None and one.end > period.end)
        for one in named
    )


def _year_reached(set_here: Inherited, years: list[int], before: int) -> int:
    """Return what `that year` means next: the year told of, else the last one named."""
    if set_here.period is not None and set_here.period.year is not None:
        return set_here.period.year
    return years[-1] if years else before


def _claim(whole: _Text, sentence: Sentence, dates: list[FoundDate], draft: Draft, days: Covered) -> ReadClaim:
    modality, modality_words = _modality(sentence, draft)
    says = claimant(sentence, dates, draft.first)
    reasons = list(draft.reasons)
    if days.date is not None:
        reasons.append(f"period: {sentence.words(days.date.first, days.date.after)}")
    if modality_words:
        reasons.append(f"modality: {modality_words}")
    actor = next(iter(sentence.roles.get(Role.ACTOR, ())), None)
    return ReadClaim(
        claimant=without_particle(_original(whole, sentence, *says)).strip(" \"'“”«»") if says else "",
        publisher=whole.publisher,
        subject=_original(whole, sentence, actor.first, actor.after) if actor else "",
        measure=draft.measure,
        quantity=draft.quantity,
        unit=draft.unit,
        bound=draft.bound,
        lower=draft.lower,
        upper=draft.upper,
        modality=modality,
        period=days.period,
        quote=_quote(whole, sentence, draft, days),
        rule=draft.rule,
        language=sentence.language,
        reasons=tuple(reasons),
    )


def _modality(sentence: Sentence, draft: Draft) -> tuple[Modality, str]:
    near = [
        mark
        for mark in sentence.roles.get(Role.MODALITY, ())
        if draft.first - mark.after <= _MODALITY_WITHIN
        and mark.first - draft.after <= _MODALITY_WITHIN
        and sentence.tokens[mark.first].written != "May"
    ]
    if not near:
        return Modality.STATED, ""
    mark = min(near, key=lambda one: abs(one.first - draft.first))
    return Modality(str(mark.value)), sentence.words(mark.first, mark.after)


def _span(whole: _Text, sentence: Sentence, first: int, after: int) -> tuple[int, int]:
    """Return where tokens stand in the original text, with the vowel signs behind the last letter."""
    begin = whole.folded.original(sentence.tokens[first].start)
    return begin, max(begin + 1, whole.folded.original(sentence.tokens[after - 1].end))


def _original(whole: _Text, sentence: Sentence, first: int, after: int) -> str:
    begin, end = _span(whole, sentence, first, after)
    return whole.original[begin:end]


def _quote(whole: _Text, sentence: Sentence, draft: Draft, days: Covered) -> Quote:
    """Quote from the first to the last word that the claim rests on, but for words far away."""
    others = list(draft.evidence)
    if days.date is not None:
        others.append((days.date.first, days.date.after))
    near = [
        (first, after)
        for first, after in others
        if draft.first - after <= _QUOTED_WITHIN and first - draft.after <= _QUOTED_WITHIN
    ]
    spans = [(draft.first, draft.after), *near]
    begin, end = _span(whole, sentence, min(first for first, _ in spans), max(after for _, after in spans))
    return Quote(whole.original[begin:end], begin, end)
