"""A share that is not what the amounts make: `most was recovered` while 63 of 101 million are gone.

Of one incident: the share recovered, frozen, laundered or outstanding is set beside the amounts executed and
outstanding (or executed and that amount itself), the share blocked beside what was attempted. Of an actor: the share in
the losses of a period beside the same claimant's amount for the actor and for all together. A share is compared with
everything that the amounts' words allow; one that agrees but is a tenth off is reported as a rounding.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Claim, Measure, Scope
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import Span, allowed, is_money, size
from qiyafa.record.questions import TAKEN, claimant_key, is_amount, newest_of_each, scope_key

_WHOLE: Final = {
    Measure.BLOCKED: (Measure.ATTEMPTED,),
    Measure.RECOVERED: (Measure.EXECUTED, Measure.STOLEN),
    Measure.FROZEN: (Measure.EXECUTED, Measure.STOLEN),
    Measure.LAUNDERED: (Measure.EXECUTED, Measure.STOLEN),
    Measure.OUTSTANDING: (Measure.EXECUTED, Measure.STOLEN),
}
_COARSE: Final = Decimal("0.1")
_HALF_A_POINT: Final = Decimal("0.005")
"""Of a per cent: shares are told in whole ones, so less than that is no difference."""
_MOST_PARTS: Final = 6


def share_against_amount(ground: Ground) -> Iterator[Finding]:
    """Yield shares that the amounts do not make, or make only roughly, with the amounts."""
    for share in ground.claims:
        if share.unit == "share" and (amounts := amounts_of_share(share, ground)):
            yield from _compare(share, amounts[0], amounts[1:], is_rest=_is_rest(share, amounts[1]))


def amounts_of_share(share: Claim, ground: Ground) -> list[Claim]:
    """Return the whole that a share divides, and then what is known of the part or of the rest; empty if nothing is."""
    return _of_incident(share, ground) if share.scope.incident else _of_actor(share, ground)


def _is_rest(share: Claim, amount: Claim) -> bool:
    """Tell whether an amount is what the share leaves over."""
    return share.measure is Measure.RECOVERED and amount.measure is Measure.OUTSTANDING


def _of_incident(share: Claim, ground: Ground) -> list[Claim]:
    known = [one for one in ground.by_scope.get(scope_key(share.scope), ()) if is_money(one.unit) and one.quantity]
    wholes = [one for one in known if one.measure in _WHOLE.get(share.measure, ())]
    if not wholes:
        return []
    # The registry's own amount is the first of the executed ones.
    whole = next((one for one in wholes if is_amount(one)), wholes[0])
    parts = _parts(share, known, whole)
    return [whole, *parts[:_MOST_PARTS]] if parts else []


def _parts(share: Claim, known: list[Claim], whole: Claim) -> list[Claim]:
    """Return the amounts that are the rest of the whole, or else those that are this part, each number once."""
    for measure in (Measure.OUTSTANDING if share.measure is Measure.RECOVERED else share.measure, share.measure):
        fit = {
            one.quantity: one
            for one in reversed(known)
            if one.measure is measure and one.unit == whole.unit and size(one) < size(whole)
        }
        if fit:
            return sorted(fit.values(), key=lambda one: (size(one), one.id))
    return []


def _of_actor(share: Claim, ground: Ground) -> list[Claim]:
    if not share.scope.actor:
        return []
    group = ground.amounts_of_claimant.get((claimant_key(share), share.period), ())
    parts = newest_of_each((one for one in group if one.scope == share.scope and _fits(one, share)), ground.sources)
    wholes = newest_of_each((one for one in group if one.scope == Scope() and _fits(one, share)), ground.sources)
    return [wholes[0], parts[0]] if parts and wholes and parts[0].unit == wholes[0].unit else []


def _fits(amount: Claim, share: Claim) -> bool:
    """Tell whether an amount is of the measure that a share divides; losses to an actor are what it stole."""
    return amount.measure is share.measure or {amount.measure, share.measure} <= TAKEN | {Measure.LOSSES}


def _compare(share: Claim, whole: Claim, parts: list[Claim], *, is_rest: bool) -> Iterator[Finding]:
    made = [_ratio(size(part), size(whole), is_rest=is_rest) for part in parts]
    if share.quantity is not None and any(abs(share.quantity - one) < _HALF_A_POINT for one in made):
        return
    numbers = {"least": min(made), "most": max(made)}
    if not any(_holds(share, _possible(part, whole, is_rest=is_rest)) for part in parts):
        severity = Severity.CONTRADICTION
    elif share.quantity is not None and all(abs(share.quantity - one) > share.quantity * _COARSE for one in made):
        severity = Severity.ROUNDING
    else:
        return
    reason = "share" if min(made) == max(made) else "share_range"
    yield Finding(FindingKind.SHARE_AGAINST_AMOUNT, severity, (share, parts[0], whole, *parts[1:]), reason, numbers)


def _possible(part: Claim, whole: Claim, *, is_rest: bool) -> Span:
    """Return between what the share lies, with all that the words of the amounts allow."""
    over, under = allowed(part), allowed(whole)
    low = None if over.low is None or not under.high else _ratio(over.low, under.high, is_rest=is_rest)
    high = None if over.high is None or not under.low else _ratio(over.high, under.low, is_rest=is_rest)
    return Span(high, low) if is_rest else Span(low, high)


def _ratio(part: Decimal, whole: Decimal, *, is_rest: bool) -> Decimal:
    return 1 - part / whole if is_rest else part / whole


def _holds(share: Claim, made: Span) -> bool:
    """Tell whether the share's words allow what the amounts make; a majority is more than its lower limit."""
    words = allowed(share)
    if share.quantity is None and words.low is not None:
        return made.high is None or made.high > words.low
    return words.meets(made)
