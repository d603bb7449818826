"""A number that is kept in a retelling while what it counts changes: `35 instances` that became `35 countries`.

Both claims name one claimant, one number and overlapping days, and stand in different sources; neither source says the
number of both units. It is reported if the original says another number of the unit that the retelling uses, or, where
nothing is said of it, if the number is too large to meet by chance. Amounts of money must be of one measure as well.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Claim
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import COUNTS, SHARES, WORDS, agree
from qiyafa.record.questions import claimant_key, family, original_first, pairs, scope_key, statements

_BY_CHANCE: Final = Decimal(10)
"""Numbers below it meet by chance: five thefts in five countries."""


def unit_changed(ground: Ground) -> Iterator[Finding]:
    """Yield each retelling whose unit is not the original's, with the original and what that says of this unit."""
    for group in ground.retellings:
        units = {one.unit for one in group if one.unit not in SHARES | WORDS}
        if len(units) > 1:
            yield from _in_group([one for one in group if one.unit in units], ground)


def _in_group(group: list[Claim], ground: Ground) -> Iterator[Finding]:
    by_unit = sorted({(one.unit, one.source): one for one in reversed(group)}.values(), key=lambda one: one.id)
    says = {(one.unit, one.source) for one in by_unit}
    for one, other in pairs(by_unit):
        original, retelling = original_first(one, other, ground.sources)
        if not _is_retelling(original, retelling, says):
            continue
        counter = _counter(retelling, ground)
        if counter is None and (retelling.quantity or 0) < _BY_CHANCE:
            continue
        yield Finding(
            FindingKind.UNIT_CHANGED,
            Severity.CONTRADICTION,
            (retelling, original, *([counter] if counter else [])),
            "unit_changed_counter" if counter else "unit_changed",
            misread=True,
        )


def _is_retelling(original: Claim, retelling: Claim, says: set[tuple[str, str]]) -> bool:
    if original.unit == retelling.unit or original.source == retelling.source:
        return False
    if not original.period.overlaps(retelling.period):
        return False
    if (original.unit, retelling.source) in says or (retelling.unit, original.source) in says:
        return False
    counted = original.unit in COUNTS and retelling.unit in COUNTS
    return counted or family(original) == family(retelling)


def _counter(retelling: Claim, ground: Ground) -> Claim | None:
    """Return what the claimant itself says of the unit that the retelling uses, if that is another number."""
    asked = (scope_key(retelling.scope), retelling.measure, retelling.unit, retelling.period)
    others = [
        one
        for one in statements(ground.questions.get(asked, ()), ground.sources)
        if claimant_key(one) == claimant_key(retelling) and one.quantity is not None and not agree(one, retelling)
    ]
    return others[-1] if others else None
