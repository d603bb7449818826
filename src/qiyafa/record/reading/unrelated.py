"""Which quantities of a sentence are money that a nearer word explains otherwise: a reward, a fine, a price."""

from collections.abc import Sequence
from typing import Final

from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.units import Quantity

_WITHIN: Final = 6
"""Tokens between a quantity and a word like `reward` that takes it away."""
_AVERAGE_WITHIN: Final = 18
"""Tokens from `average` to what is one."""
_SAME_WITHIN: Final = 7
"""Tokens between two quantities that say the same twice: `10% of recovered assets, up to $5 million`."""
_BEHIND_COSTS: Final = 2
"""A word behind a quantity explains it less than one as near before it."""
_CLAUSE_ENDS: Final = ("며", "고", "지만", "으나", "는데", "인데")
_SAME: Final = frozenset(folded_words(", ( or أو أي"))
"""What may stand before the second of two quantities that say the same."""
_GOES_ON: Final = frozenset({"or", "as", "which"})
"""Words behind a comma that say more of what stands before it: `an insurance fund, which stands at $120 million`."""


def distance(quantity: Quantity, mark: Mark) -> int:
    """Return how far a word is from a quantity, in tokens; behind it counts as further away."""
    if mark.after <= quantity.first:
        return quantity.first - mark.after
    return max(0, mark.first - quantity.after) + _BEHIND_COSTS


def nearest(sentence: Sentence, quantity: Quantity, role: Role) -> Mark | None:
    """Return the nearest word of a role."""
    marks = sentence.roles.get(role, ())
    return min(marks, key=lambda mark: (distance(quantity, mark), mark.first), default=None)


def nearest_measure(sentence: Sentence, quantity: Quantity) -> Mark | None:
    """Return the word that says what is measured: the nearest, but one of the same clause before any other."""
    marks = sentence.roles.get(Role.MEASURE, [])

    def far(mark: Mark) -> tuple[bool, int, int]:
        span = (mark.after, quantity.first) if mark.first < quantity.first else (quantity.after, mark.first)
        return sentence.has_comma(*span), distance(quantity, mark), mark.first

    return min(marks, key=far, default=None)


def related(sentence: Sentence, quantities: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities that no nearer word takes away, nor takes away from one that they only say again."""
    if not sentence.has(Role.UNRELATED):
        return list(quantities)
    away = [_is_taken_away(sentence, one) for one in quantities]
    for place in range(1, len(quantities)):
        if _says_again(sentence, quantities[place - 1], quantities[place]) and away[place - 1] != away[place]:
            away[place - 1] = away[place] = True
    return [one for one, is_away in zip(quantities, away, strict=True) if not is_away]


def _says_again(sentence: Sentence, one: Quantity, other: Quantity) -> bool:
    """Whether the second of two quantities only says the first in another way: `5%, or $400,000`."""
    is_share = one.unit == "share" and other.role in (Role.CURRENCY, Role.ASSET)
    between = any(one.after <= mark.first < other.first for mark in sentence.roles.get(Role.UNRELATED, ()))
    near = not between and 0 < other.first - one.after <= _SAME_WITHIN
    return is_share and near and any(sentence.word(place) in _SAME for place in range(one.after, other.first))


def is_unrelated(sentence: Sentence, quantity: Quantity, measure: Mark | None) -> bool:
    """Whether a word like `reward` is nearer to a quantity than the word that says what is measured, if any."""
    other = nearest(sentence, quantity, Role.UNRELATED)
    averages = (mark for mark in sentence.roles.get(Role.UNRELATED, ()) if mark.value == "average")
    is_share = quantity.unit == "share"
    for mark in averages:
        is_behind = sentence.word(mark.first) == "on" and not sentence.has_comma(quantity.after, mark.first)
        if is_behind and 0 <= mark.first - quantity.after <= _WITHIN:
            return True
        is_apart = ((is_share or sentence.language == "ar") and sentence.has_comma(mark.after, quantity.first)) or (
            sentence.language == "ko" and _is_clause_over(sentence, mark.after, quantity.first)
        )
        if 0 <= quantity.first - mark.after <= _AVERAGE_WITHIN and not is_apart:
            return True
    if other is None:
        return False
    span = (other.after, quantity.first) if other.first < quantity.first else (quantity.after, other.first)
    away = distance(quantity, other)
    if other.first == quantity.after:
        return True
    if _ends_between(sentence, *span) or away > _WITHIN:
        return False
    return measure is None or away <= distance(quantity, measure) or away <= 1


def _is_clause_over(sentence: Sentence, first: int, after: int) -> bool:
    """Whether a Korean clause ends between two tokens: `평균 3억원이며, 가장 큰 피해는 12억원`."""
    return any(sentence.word(comma - 1).endswith(_CLAUSE_ENDS) for comma in sentence.commas if first < comma < after)


def _ends_between(sentence: Sentence, first: int, after: int) -> bool:
    """Whether a clause ends between two tokens, and the next does not go on with the same thing."""
    ends = (comma for comma in sentence.commas if first <= comma < after)
    return any(
        sentence.word(comma + 1) not in _GOES_ON and not (comma == first and sentence.word(comma) == "(")
        for comma in ends
    )


def _is_taken_away(sentence: Sentence, quantity: Quantity) -> bool:
    is_money = quantity.role in (Role.CURRENCY, Role.ASSET)
    if not is_money and quantity.unit != "share":
        return False
    return is_unrelated(sentence, quantity, nearest_measure(sentence, quantity) if is_money else None)
