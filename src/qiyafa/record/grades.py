"""How much an item of evidence counts, by the Admiralty code of its source.

A code is two judgements, made apart: the source (A-F) and what it says (1-6). An item is as strong as the weaker of the
two, so its weight is the smaller one of theirs. The numbers are a choice of ours (`docs/attribution.md`): a court or a
police force (A2) 90 per cent, a victim (B2) 80, an analyst with transactions to show (B3) 70, the press (C2, C3) 50,
one person's list (D4) 30. What cannot be judged (F, 6) is a pointer to look further and counts for nothing.
"""

from collections.abc import Mapping
from typing import Final

RELIABILITY_PERCENT: Final[Mapping[str, int]] = {"A": 95, "B": 80, "C": 50, "D": 30, "E": 10, "F": 0}
CREDIBILITY_PERCENT: Final[Mapping[str, int]] = {"1": 100, "2": 90, "3": 70, "4": 30, "5": 10, "6": 0}


def is_grade(grade: str) -> bool:
    """Tell whether it is an Admiralty code, such as `B2`."""
    return len(grade) == 2 and grade[0] in RELIABILITY_PERCENT and grade[1] in CREDIBILITY_PERCENT


def weight_percent(grade: str) -> int:
    """Return how much evidence of this grade counts, in whole per cent. Raises KeyError for what is no grade."""
    return min(RELIABILITY_PERCENT[grade[0]], CREDIBILITY_PERCENT[grade[1]])
