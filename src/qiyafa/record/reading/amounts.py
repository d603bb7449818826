"""Which quantities of a sentence are claims, and of what: money, assets, attacks, countries, people, shares, changes.

A quantity is a claim only where the sentence speaks of thefts or of sanctions, and not where a nearer word says that
the money is something else: a reward, a fine, a price, a valuation.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Measure
from qiyafa.record.reading.amounts_arabic import are_harmed, is_apart, times
from qiyafa.record.reading.amounts_english import are_robbed_of, goes_on, have_lost, is_price, were_sent
from qiyafa.record.reading.amounts_korean import are_compensated, are_helpers, is_predicate, is_threshold
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.number import Kind
from qiyafa.record.reading.numbers_arabic import without_owner
from qiyafa.record.reading.read_claim import Draft, limits, plain
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script
from qiyafa.record.reading.units import Quantity
from qiyafa.record.reading.unrelated import distance, is_unrelated, nearest, nearest_measure, related

_CHANGE_BEFORE, _CHANGE_BEHIND = 4, 3
_CHANGE_BY: Final = 16
"""Tokens between a rise and its measure if a word says `by`: `ارتفعت قيمة الأصول المسروقة بنسبة 21%`."""
_CHANGED_TO: Final = 2
_SHARED_WITHIN: Final = 7
_YEARLY_WITHIN: Final = 2
_PART_WITHIN: Final = 3
_BY: Final = frozenset(folded_words("by بنسبه بمعدل بواقع بمقدار"))
_MORE: Final = {
    **dict.fromkeys(folded_words("more higher above اكثر اعلي"), 1),
    **dict.fromkeys(("less", "fewer", "lower", "below", "اقل"), -1),
}
"""Words right behind a percentage that make it a change: `17% more than`."""
_ROBBED_WITHIN: Final = 4
_VICTIMS: Final = frozenset(folded_words("victims ضحيه ضحايا 피해자 명의 회원"))
_WHOLE_WITHIN: Final = 4
"""Tokens between `most` and what it is most of."""
_SHARE_WITHIN: Final = 18
_TOTAL_WITHIN: Final = 8
_SANCTION_WITHIN: Final = 18
_VICTIM_WITHIN: Final = 5
_MOST_ATTACKS: Final = 1_000_000
_MOST_DESIGNEES: Final = 10_000
_MAX_SHARE: Final = Decimal(1)
_PLACES: Final = frozenset(folded_words("in across from throughout spanning over at least في عبر من علي"))
_GENERIC: Final = frozenset(
    folded_words(
        "جريمه جرائم 건 건의 차례 차례의 operations occasions عمليه عمليات واقعه وقائع حاله حادث حوادث حادثه incidents "
        "incident raids 사건 공격"
    )
)
"""Nouns that count attacks only where the sentence speaks of attacks."""
_OUTCOMES: Final = (Measure.RECOVERED, Measure.FROZEN, Measure.BLOCKED, Measure.OUTSTANDING)
_DONE_BY_OTHERS: Final = (Measure.FROZEN, Measure.BLOCKED, Measure.RECOVERED)
"""What firms beside it did against a theft, so that they are no victims: `two exchanges have frozen`."""
_MONEY: Final = (Role.CURRENCY, Role.ASSET)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the sentences before have set."""

    speaks_of_theft: bool
    """Whether a sentence not long before speaks of a theft."""
    is_entry: bool
    """Whether the sentence is an entry of a list."""


def amounts(sentence: Sentence, quantities: list[Quantity], setting: Setting) -> list[Draft]:
    """Return the drafts of a sentence's quantities, in order."""
    told = related(sentence, quantities)
    drafts = [draft for quantity in told if (draft := _draft(sentence, quantity, setting)) is not None]
    drafts += [draft for mark in sentence.roles.get(Role.MAJORITY, ())[:8] if (draft := _majority(sentence, mark))]
    taken = {place for draft in drafts for place in range(draft.first, draft.after)}
    drafts += [
        draft
        for mark in sentence.roles.get(Role.DOUBLED, ())[:8]
        if mark.first not in taken and (draft := _doubled(sentence, mark, setting))
    ]
    return sorted(drafts, key=lambda draft: draft.first)


def _draft(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    if quantity.role in _MONEY:
        return _money(sentence, quantity, setting)
    if quantity.role in (Role.PERCENT, Role.FRACTION_OF):
        return _change(sentence, quantity, setting) or _share(sentence, quantity, setting)
    if quantity.role is Role.DOUBLED:
        return _times_as_much(sentence, quantity, setting)
    if quantity.role is Role.PEOPLE:
        return _designees(sentence, quantity)
    return _count(sentence, quantity, setting)


def _money(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    if is_threshold(sentence, quantity) or is_price(sentence, quantity):
        return None
    measure = nearest_measure(sentence, quantity)
    if measure is not None:
        return _drafted(quantity, "amount", _tried(sentence, measure), (measure,))
    attack = nearest(sentence, quantity, Role.ATTACK) or _counted_attacks(sentence)
    if attack is not None:
        return _drafted(quantity, "amount", Measure.STOLEN, (attack,))
    if setting.speaks_of_theft and (setting.is_entry or _is_told_of(sentence, quantity)):
        return _drafted(quantity, "amount", Measure.STOLEN, ())
    return None


def _tried(sentence: Sentence, measure: Mark) -> Measure:
    """Return what a word measures; a theft that was only tried is an attempt: `محاولة سرقة`, `tried to steal`."""
    what = Measure(str(measure.value))
    marks = sentence.ending.get(measure.first, []) if what is Measure.STOLEN else []
    return Measure.ATTEMPTED if any(mark.value is Measure.ATTEMPTED for mark in marks) else what


def _counted_attacks(sentence: Sentence) -> Mark | None:
    return next((mark for mark in sentence.roles.get(Role.COUNT, ()) if mark.value == "incidents"), None)


def _is_told_of(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a sentence that only says `worth`, `a total of`, `fell to` or lists goes on with the sentence before."""
    changes = sentence.roles.get(Role.CHANGE, ())
    if any(0 <= quantity.first - mark.after <= _CHANGED_TO for mark in changes):
        # What rises and falls behind a coin's name is its price.
        return not any(mark.first < quantity.first for mark in sentence.roles.get(Role.ASSET, ()))
    if sentence.has(Role.CHANGE) and sentence.language == "ko" and sentence.word(quantity.first - 1) == "(":
        return True
    if any(token.word == ":" for token in sentence.tokens[: quantity.first]):
        return True
    marks = sentence.roles.get(Role.TOTAL, ())
    is_korean = sentence.language == "ko"
    if (is_korean and is_predicate(sentence, quantity)) or goes_on(sentence, quantity):
        return True
    return any(
        mark.first < quantity.first or (is_korean and mark.first <= quantity.after + _TOTAL_WITHIN) for mark in marks
    )


def _drafted(quantity: Quantity, rule: str, measure: Measure, marks: tuple[Mark, ...], unit: str = "") -> Draft:
    number = quantity.number
    if number.value is None:
        bound = Bound.ABOUT if quantity.until is not None else Bound.ORDER
        lower, upper = number.lower, number.upper
        value = None
    else:
        bound, value = quantity.bound, plain(number.value)
        lower, upper = limits(value, bound)
    unit = unit or quantity.unit
    if unit == "share" and upper is not None:
        upper = min(upper, _MAX_SHARE)
    reasons = [f"unit: {quantity.unit_words}"]
    if quantity.bound_words:
        reasons.append(f"bound: {quantity.bound_words}")
    evidence = tuple((mark.first, mark.after) for mark in marks)
    return Draft(
        rule, measure, value, unit, bound, quantity.first, quantity.after, lower, upper, evidence, tuple(reasons)
    )


def _count(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    if quantity.unit == "countries":
        return _countries(sentence, quantity)
    if quantity.unit == "persons":
        return _victims(sentence, quantity, setting) if _are_robbed(sentence, quantity) else None
    if quantity.unit in ("victims", "organisations"):
        return _victims(sentence, quantity, setting)
    if quantity.unit != "incidents":
        return None
    words = quantity.unit_words.lower()
    is_of_attacks = sentence.has(Role.MEASURE, Role.ATTACK)
    if (quantity.number.value or quantity.number.lower or 0) > _MOST_ATTACKS:
        return None
    if words in _GENERIC and not is_of_attacks and not setting.speaks_of_theft:
        return None
    measure = nearest_measure(sentence, quantity)
    return _drafted(quantity, "count", Measure.INCIDENTS, (measure,) if measure else ())


def _countries(sentence: Sentence, quantity: Quantity) -> Draft | None:
    attack = nearest(sentence, quantity, Role.ATTACK) or nearest(sentence, quantity, Role.MEASURE)
    is_korean = sentence.tokens[quantity.after - 1].script is Script.HANGUL
    if attack is None or not (is_korean or sentence.word(quantity.first - 1) in _PLACES):
        return None
    if is_unrelated(sentence, quantity, attack):
        return None
    return _drafted(quantity, "count", Measure.COUNTRIES, (attack,))


def _are_robbed(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether people are victims: `from 300 people`, `the victims numbered over 800,000 people`."""
    before = [sentence.word(place) for place in range(quantity.first - _ROBBED_WITHIN, quantity.first)]
    done_to = sentence.before(quantity.first, Role.MEASURE)
    if have_lost(sentence, quantity):
        return True
    if (
        before[-1] in ("from", "من")
        or are_harmed(sentence, quantity)
        or (done_to is not None and done_to.value == Measure.LOSSES)
    ):
        return True
    return any(form in _VICTIMS for word in before for form in (word, word[2:]))


def _victims(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    """Read `attacked five exchanges`, `3,000 victims`: users and firms only right beside what was done to them."""
    marks = [mark for role in (Role.ATTACK, Role.MEASURE) for mark in sentence.roles.get(role, ())]
    words = quantity.unit_words.lower().split()
    is_robbed = (
        quantity.unit == "persons"
        or not _VICTIMS.isdisjoint(words)
        or sentence.word(quantity.after - 1).endswith("에게서")
    )
    is_robbed = is_robbed or are_compensated(sentence, quantity) or are_harmed(sentence, quantity)
    is_robbed = is_robbed or are_robbed_of(sentence, quantity)
    if is_robbed and not marks and setting.speaks_of_theft:
        return _drafted(quantity, "count", Measure.VICTIMS, (), "people")
    near = [mark for mark in marks if is_robbed or distance(quantity, mark) <= _VICTIM_WITHIN]
    near.sort(key=lambda mark: distance(quantity, mark))
    if not near or (not is_robbed and is_unrelated(sentence, quantity, near[0])):
        return None
    is_aside = are_helpers(sentence, quantity) or were_sent(sentence, quantity)
    if not is_robbed and (near[0].value in _DONE_BY_OTHERS or is_aside):
        return None
    unit = quantity.unit if quantity.unit == "organisations" else "people"
    return _drafted(quantity, "count", Measure.VICTIMS, (near[0],), unit)


def _designees(sentence: Sentence, quantity: Quantity) -> Draft | None:
    sanction = nearest(sentence, quantity, Role.SANCTION)
    times = sentence.roles.get(Role.TIME, ())
    if any(mark.value == "yearly" and 0 <= quantity.first - mark.after <= _YEARLY_WITHIN for mark in times):
        return None
    is_many = (quantity.number.value or quantity.number.lower or 0) > _MOST_DESIGNEES
    if is_many or sanction is None or distance(quantity, sanction) > _SANCTION_WITHIN:
        return None
    return _drafted(quantity, "count", Measure.DESIGNATIONS, (sanction,))


def _sign(sentence: Sentence, first: int, after: int) -> Mark | None:
    """Return the word near a span that says whether something rose or fell."""
    if sentence.language == "ar" and sentence.word(first - 1) in _MORE:
        return Mark(Role.CHANGE, _MORE[sentence.word(first - 1)], first - 1, first)
    if sentence.word(after) in _MORE:
        return Mark(Role.CHANGE, _MORE[sentence.word(after)], after, after + 1)
    within = _CHANGE_BY if sentence.word(first - 1) in _BY or sentence.word(first) in _BY else _CHANGE_BEFORE
    before = [
        mark
        for mark in sentence.roles.get(Role.CHANGE, ())
        if 0 <= first - mark.after <= within and not is_apart(sentence, mark.after, first)
    ]
    behind = [mark for mark in sentence.roles.get(Role.CHANGE, ()) if 0 <= mark.first - after <= _CHANGE_BEHIND]
    is_korean = sentence.tokens[first].script is Script.HANGUL or sentence.language == "ko"
    if is_korean:
        return behind[0] if behind else _shared_change(sentence, after)
    return before[-1] if before else next((mark for mark in behind if not sentence.has_comma(after, mark.first)), None)


def _shared_change(sentence: Sentence, after: int) -> Mark | None:
    """Return the Korean verb that two percentages share: `건수는 11%, 피해액은 19% 줄었다`."""
    places = range(after, after + _SHARED_WITHIN)
    has_another = any(sentence.at(place, Role.PERCENT) for place in places)
    if sentence.word(after) != "," or not has_another:
        return None
    return next((mark for place in places if (mark := sentence.at(place, Role.CHANGE))), None)


def _change(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    sign = _sign(sentence, quantity.first, quantity.after)
    is_level = sentence.word(quantity.first - 1) in ("from", "من", "to", "الي")
    is_compared = setting.is_entry or sentence.word(quantity.first - 1).endswith("보다")
    is_told = sentence.has(Role.MEASURE, Role.ATTACK) or (
        setting.speaks_of_theft
        and not sentence.has(Role.UNRELATED, Role.ASSET)
        and (is_compared or any(mark.first < quantity.first for mark in sentence.roles.get(Role.TOTAL, ())))
    )
    if sign is None or is_level or quantity.number.value is None or not is_told:
        return None
    assert isinstance(sign.value, int)
    if is_unrelated(sentence, quantity, None):
        return None
    value = plain(quantity.number.value * sign.value)
    draft = _drafted(quantity, "change", _what(sentence, quantity), (sign,), "ratio")
    lower, upper = limits(value, quantity.bound)
    return Draft(
        "change", draft.measure, value, "ratio", quantity.bound, draft.first, draft.after, lower, upper,
        draft.evidence, (*draft.reasons, f"change: {sentence.words(sign.first, sign.after)}"),
    )  # fmt: skip


def _what(sentence: Sentence, quantity: Quantity) -> Measure:
    measure = nearest_measure(sentence, quantity)
    return Measure(str(measure.value)) if measure is not None else Measure.INCIDENTS


def _share(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    wholes = [
        mark
        for role in (Role.FRACTION_OF, Role.MEASURE)
        for mark in sentence.roles.get(role, ())
        if -_SHARE_WITHIN <= mark.first - quantity.after <= _SHARE_WITHIN
    ]
    last = sentence.word(quantity.number.after - 1)
    is_of_it = quantity.number.kind is Kind.FRACTION and without_owner(last) != last
    measure = nearest_measure(sentence, quantity)
    is_of_theft = sentence.has(Role.MEASURE, Role.ATTACK) or _counted_attacks(sentence) is not None
    if sentence.language == "ko":
        is_beside = any(one.after == quantity.first and sentence.word(one.after - 1).endswith("의") for one in wholes)
    else:
        is_beside = any(0 <= one.first - quantity.number.after <= _PART_WITHIN for one in wholes)
    is_told = setting.speaks_of_theft and (is_beside or is_of_it)
    number = quantity.number
    if any(part is not None and part > _MAX_SHARE for part in (number.value, number.lower, number.upper)):
        return None
    if not (wholes or is_of_it) or is_unrelated(sentence, quantity, None) or not (is_of_theft or is_told):
        return None
    return _drafted(quantity, "share", _outcome(sentence, quantity.first, measure), (measure,) if measure else ())


def _outcome(sentence: Sentence, place: int, measure: Mark | None) -> Measure:
    """Return what a share is a share of: rather what was recovered or blocked, if its clause says so."""
    for mark in sentence.roles.get(Role.MEASURE, ()):
        span = (mark.after, place) if mark.first < place else (place, mark.first)
        if mark.value in _OUTCOMES and not sentence.has_comma(*span):
            return Measure(str(mark.value))
    return Measure(str(measure.value)) if measure is not None else Measure.OTHER


def _majority(sentence: Sentence, mark: Mark) -> Draft | None:
    """Read `most of the funds`, `معظم ما سُرق`, `피해액의 대부분`."""
    places = range(mark.after, mark.after + _WHOLE_WITHIN)
    whole = next((one for place in places if (one := sentence.at(place, Role.FRACTION_OF))), None)
    is_korean = sentence.tokens[mark.first].script is Script.HANGUL
    if whole is None and is_korean:
        places = range(mark.first, mark.first - _WHOLE_WITHIN, -1)
        whole = next((one for place in places if (one := sentence.before(place, Role.FRACTION_OF))), None)
    if mark.value == "majority of it":
        whole = mark
    if whole is None or not sentence.has(Role.MEASURE):
        return None
    lower, upper = limits(Decimal("0.5"), Bound.MAJORITY)
    first, after = min(mark.first, whole.first), max(mark.after, whole.after)
    marks = sentence.roles[Role.MEASURE]
    nearest = min(marks, key=lambda one: min(abs(one.first - mark.first), abs(one.first - after)))
    return Draft(
        "majority",
        _outcome(sentence, mark.first, nearest),
        None,
        "share",
        Bound.MAJORITY,
        first,
        after,
        lower,
        upper,
        ((nearest.first, nearest.after),),
        (f"bound: {sentence.words(mark.first, mark.after)}",),
    )


def _doubled(sentence: Sentence, mark: Mark, setting: Setting) -> Draft | None:
    """Read `more than doubled`, `تضاعفت`, `두 배 이상`, `절반으로 줄었다`."""
    roles = (Role.MEASURE, Role.ATTACK, *([Role.TOTAL] if setting.speaks_of_theft else []))
    measure = next((one for role in roles for one in sentence.roles.get(role, ())), None)
    if measure is None:
        return None
    value = times(sentence, mark)
    beside = [one for one in (sentence.before(mark.first, Role.BEFORE), sentence.at(mark.after, Role.AFTER)) if one]
    bound = Bound(str(beside[0].value)) if beside else Bound.EXACT
    lower, upper = limits(value, bound)
    what = Measure(str(measure.value)) if measure.role is Role.MEASURE else Measure.INCIDENTS
    first, after = min(one.first for one in (mark, *beside)), max(one.after for one in (mark, *beside))
    reasons = (f"change: {sentence.words(mark.first, mark.after)}",)
    evidence = ((measure.first, measure.after),)
    return Draft("change", what, value, "ratio", bound, first, after, lower, upper, evidence, reasons)


def _times_as_much(sentence: Sentence, quantity: Quantity, setting: Setting) -> Draft | None:
    """Read Korean `세 배로 늘었다`, `1.5배에 이른다`."""
    is_told = sentence.has(Role.MEASURE, Role.ATTACK) or (setting.speaks_of_theft and sentence.has(Role.TOTAL))
    if not is_told or is_unrelated(sentence, quantity, None):
        return None
    return _drafted(quantity, "change", _what(sentence, quantity), ())
