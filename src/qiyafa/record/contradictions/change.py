"""A change that is not what the amounts of two years make: `half less` while 3.9bn became 1.8bn.

A claim of unit `ratio` about one year is set beside the same claimant's amounts of that year and of the year before it,
its base. It is compared with everything that the amounts' words allow; one that agrees but is a tenth off is reported
as a rounding.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Claim
from qiyafa.model.period import year_period
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import Span, allowed, size
from qiyafa.record.questions import claimant_key, newest_of_each, newness

_COARSE: Final = Decimal("0.1")
_HALF_A_POINT: Final = Decimal("0.005")
"""Of a per cent: shares are told in whole ones, so less than that is no difference."""


def change_against_amounts(ground: Ground) -> Iterator[Finding]:
    """Yield changes that the amounts do not make, or make only roughly, with the year's amount and its base."""
    for change in ground.claims:
        if change.unit != "ratio" or change.quantity is None:
            continue
        amounts = amounts_of_change(change, ground)
        if not amounts:
            continue
        now, base = amounts
        made = size(now) / size(base) - 1
        if abs(made - change.quantity) < _HALF_A_POINT:
            continue
        if not allowed(change).meets(_possible(now, base)):
            severity = Severity.CONTRADICTION
        elif abs(made - change.quantity) > abs(change.quantity) * _COARSE:
            severity = Severity.ROUNDING
        else:
            continue
        numbers = {"least": made, "most": made}
        yield Finding(FindingKind.SHARE_AGAINST_AMOUNT, severity, (change, now, base), "change", numbers)


def amounts_of_change(change: Claim, ground: Ground) -> list[Claim]:
    """Return the amount of a change's year and that of the year before, its base; empty if they are not known.

    Of a claimant with editions the change's own edition counts, or what was the newest before it.
    """
    year = change.period.year
    if year is None:
        return []
    found = []
    for period in (year_period(year), year_period(year - 1)):
        group = ground.amounts_of_claimant.get((claimant_key(change), period), ())
        known = [one for one in group if (one.scope, one.measure) == (change.scope, change.measure)]
        found += newest_of_each((one for one in known if newness(one) <= newness(change)), ground.sources)
    return found if len(found) == 2 and found[0].unit == found[1].unit else []


def _possible(now: Claim, base: Claim) -> Span:
    over, under = allowed(now), allowed(base)
    low = None if over.low is None or not under.high else over.low / under.high - 1
    high = None if over.high is None or not under.low else over.high / under.low - 1
    return Span(low, high)
