"""Probabilities in words, after the US Intelligence Community Directive 203, section on expressing likelihood.

The directive gives seven bands of per cent: 01-05, 05-20, 20-45, 45-55, 55-80, 80-95, 95-99. A number on a border takes
the more cautious word, the one nearer to even. Nothing is certain: what is told lies between 1 and 99 per cent.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

MOST: Final = Fraction(99, 100)
LEAST: Final = Fraction(1, 100)


class Verbal(StrEnum):
    """The words of the directive, the first one of each of its pairs."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    EVEN = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


_BELOW_EVEN: Final[Sequence[tuple[int, Verbal]]] = (
    (5, Verbal.ALMOST_NO_CHANCE),
    (20, Verbal.VERY_UNLIKELY),
    (45, Verbal.UNLIKELY),
)
_ABOVE_EVEN: Final[Sequence[tuple[int, Verbal]]] = (
    (95, Verbal.ALMOST_CERTAIN),
    (80, Verbal.VERY_LIKELY),
    (55, Verbal.LIKELY),
)


def words_of(probability: Fraction) -> Verbal:
    """Return the words for a probability."""
    percent = probability * 100
    below = next((words for border, words in _BELOW_EVEN if percent < border), None)
    above = next((words for border, words in _ABOVE_EVEN if percent > border), None)
    return below or above or Verbal.EVEN


def told(probability: Fraction) -> Decimal:
    """Return a probability as it is told: between 0.01 and 0.99, to two digits, halves to the even one."""
    return rounded(min(max(probability, LEAST), MOST), 2)


def rounded(number: Fraction, places: int) -> Decimal:
    """Return a number to so many decimal places, halves to the even one; no float is on the way."""
    return Decimal(round(number * 10**places)).scaleb(-places)
