"""A sum that is not what its parts add up to, as its own claimant gives both.

One source gives two exact answers to one question, as a list does whose heading and items disagree. Or one claimant's
figures for parts of a period fill it without gap or overlap, and their sum, with all that rounding allows, is not what
the claimant says of the whole; where the whole has no beginning, the parts must only not exceed it.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from qiyafa.model.claim import Bound, Claim
from qiyafa.model.period import Period
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.ground import Ground, grouped
from qiyafa.record.contradictions.sums import sum_claim, sum_finding
from qiyafa.record.quantities import SHARES, WORDS, Span, allowed
from qiyafa.record.questions import claimant_key, is_of_incident, newest_of_each, scope_key


def sum_against_parts(ground: Ground) -> Iterator[Finding]:
    """Yield totals that their claimant's own parts do not make."""
    yield from _two_totals(ground)
    for group in _series(ground):
        yield from _of_claimant(group, ground)


def _two_totals(ground: Ground) -> Iterator[Finding]:
    for question in ground.open_questions:
        if is_of_incident(question[0]):
            continue
        exact = [one for one in ground.statements_of(question) if one.bound is Bound.EXACT and one.quantity is not None]
        for same in grouped(exact, lambda one: (one.source, claimant_key(one), one.edition)).values():
            for other in same[1:]:
                if not ground.is_explained(same[0], other):
                    yield sum_finding((same[0], other), "two_totals")


def _series(ground: Ground) -> Iterator[list[Claim]]:
    """Yield what one claimant says of one thing in at least three periods."""
    told = (
        one
        for one in ground.claims
        if one.quantity is not None and one.period.end and one.unit not in SHARES | WORDS and not one.scope.incident
    )
    series = grouped(told, lambda one: (claimant_key(one), scope_key(one.scope), one.measure, one.unit))
    for group in series.values():
        if len({one.period for one in group}) > 2:
            yield [one for one in group if not ground.is_misread(one)]


def _of_claimant(group: list[Claim], ground: Ground) -> Iterator[Finding]:
    newest = [newest_of_each(same, ground.sources)[0] for same in grouped(group, lambda one: one.period).values()]
    for whole in newest:
        parts = _tiles(newest, whole.period)
        if not parts:
            continue
        total, stated = _total(parts), allowed(whole)
        too_much = total.low is not None and stated.high is not None and total.low > stated.high
        too_little = total.high is not None and stated.low is not None and total.high < stated.low
        if too_much or (too_little and whole.period.start is not None):
            added = sum((one.quantity or Decimal(0) for one in parts), Decimal(0))
            summed = sum_claim(whole, added, parts[0].source, [one.id for one in parts], whole.period)
            yield sum_finding((whole, summed, *parts), "parts_of_period", len(parts))


def _tiles(claims: list[Claim], whole: Period) -> list[Claim]:
    """Return claims whose periods fill a longer one without gap or overlap; of one without a beginning, its end."""
    inside = [one for one in claims if one.period.start and one.period != whole and whole.holds(one.period)]
    by_end = grouped(inside, lambda one: one.period.end)
    found: list[Claim] = []
    end = whole.end
    while end in by_end:
        part = max(by_end[end], key=lambda one: (one.period.start or end, one.id))
        assert part.period.start is not None, "a part has a beginning"
        found.append(part)
        end = part.period.start - timedelta(days=1)
    complete = whole.start is None or (bool(found) and found[-1].period.start == whole.start)
    return found[::-1] if complete and len(found) > 1 else []


def _total(parts: list[Claim]) -> Span:
    """Return between what the sum of some claims must lie."""
    spans = [allowed(one) for one in parts]
    lows = [one.low for one in spans if one.low is not None]
    highs = [one.high for one in spans if one.high is not None]
    return Span(
        sum(lows, Decimal(0)) if len(lows) == len(spans) else None,
        sum(highs, Decimal(0)) if len(highs) == len(spans) else None,
    )
