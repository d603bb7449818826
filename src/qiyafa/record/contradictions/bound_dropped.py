"""A retelling that drops or turns round the bound of a number: `up to 2bn` that became `about 2bn`.

Both claims name one claimant, one number, unit and overlapping days, stand in different sources, and measure the same
or what retellings take for one another (stolen, proceeds). `about` and exact are not told apart, nor `at least` and
`more than`, nor `almost` and either of the former.
"""

from collections.abc import Iterator
from typing import Final

from qiyafa.model.claim import Bound, Claim
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.quantities import WORDS
from qiyafa.record.questions import family, original_first, pairs

_SENSES: Final = {
    Bound.EXACT: "near",
    Bound.ABOUT: "near",
    Bound.ALMOST: "near",
    Bound.AT_LEAST: "lower",
    Bound.MORE_THAN: "lower",
    Bound.UP_TO: "upper",
}


def bound_dropped(ground: Ground) -> Iterator[Finding]:
    """Yield each retelling whose bound means something else than the original's."""
    for group in ground.retellings:
        told = (one for one in group if one.unit not in WORDS and one.bound in _SENSES and not ground.is_misread(one))
        for same in grouped(told, lambda one: (one.unit, family(one))).values():
            if len({_SENSES[one.bound] for one in same}) > 1:
                yield from _in_group(same, ground)


def _in_group(group: list[Claim], ground: Ground) -> Iterator[Finding]:
    told = sorted({(_SENSES[one.bound], one.source): one for one in reversed(group)}.values(), key=lambda one: one.id)
    for one, other in pairs(told):
        original, retelling = original_first(one, other, ground.sources)
        if (
            _SENSES[original.bound] != _SENSES[retelling.bound]
            and _SENSES[original.bound] != "near"
            and original.source != retelling.source
            and original.period.overlaps(retelling.period)
        ):
            turned = "upper" in (_SENSES[original.bound], _SENSES[retelling.bound])
            severity = Severity.CONTRADICTION if turned else Severity.ROUNDING
            yield Finding(FindingKind.BOUND_DROPPED, severity, (retelling, original), "bound_dropped")
