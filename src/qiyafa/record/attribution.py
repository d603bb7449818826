"""Who did it, weighed: Bayes' rule over competing hypotheses, in whole numbers, so that nothing is rounded on the way.

For each question (a statement and its subject) the probability of a hypothesis after the evidence is its prior times
the likelihood of every item under it, divided by the sum of the same over all hypotheses. Rules that keep it honest:

- A likelihood counts only as far as its source is to be believed. With weight w, what counts is w times the likelihood
  given plus (1 - w) times the highest one that the item gives to any hypothesis. So an item never changes the odds by
  more than 1 / (1 - w): tenfold for A2, twofold for the press, not at all for what cannot be judged.
- Items of one origin count once. The strongest counts (the one that sets the hypotheses furthest apart), the others are
  shown as its copies.
- What an item weighs is told in decibans against all the other hypotheses together, each as likely as before the
  evidence. With two hypotheses these weights add up; with more they are a guide, and only the probabilities are exact.
- The questions stay apart. That an address belongs to a theft, that a group did it, and that a state runs the group may
  rest on the same sources, so their probabilities are not to be multiplied, and nothing here does.

It is not good for what nobody thought of: the likelihoods are judgements, and items of different origins are taken as
independent given the hypothesis.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import lcm, prod
from typing import Final

from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, StatementKind
from qiyafa.record.argument import (
    Argument,
    Conditions,
    Damped,
    Finding,
    Ranked,
    Standing,
    Variation,
    Weighed,
)
from qiyafa.record.grades import weight_percent
from qiyafa.record.verbal import words_of

AS_STATED: Final = Conditions()
_EVEN_MOST: Final = Fraction(55, 100)
"""Up to here a chance is no better than even (`verbal`)."""
_LOGARITHM_DIGITS: Final = 40
_ALL: Final = 100
"""Weights are in per cent."""

Scores = tuple[int, ...]
"""One whole number for each hypothesis of a question; only their proportions mean something."""


def argue(attribution: Attribution, conditions: Conditions = AS_STATED) -> Argument:
    """Return an attribution, weighed. It must be sound (`attribution_check.attribution_problems` finds nothing)."""
    kept = [item for item in attribution.evidence if origin_of(item) not in conditions.without]
    findings = [
        _finding(hypotheses, [item for item in kept if _speaks_to(item, hypotheses)], conditions)
        for hypotheses in questions(attribution)
    ]
    unused = tuple(item for item in attribution.evidence if origin_of(item) in conditions.without)
    return Argument(attribution, conditions, tuple(findings), unused)


def questions(attribution: Attribution) -> list[tuple[Hypothesis, ...]]:
    """Return the hypotheses of each question, in the order of the statements and, within one, as they are written."""
    grouped: dict[tuple[StatementKind, str], list[Hypothesis]] = {}
    for one in attribution.hypotheses:
        grouped.setdefault((one.statement, one.subject), []).append(one)
    order = list(StatementKind)
    return [tuple(grouped[key]) for key in sorted(grouped, key=lambda key: (order.index(key[0]), key[1]))]


def origin_of(item: EvidenceItem) -> str:
    """Return where an item was first observed; its own source if nothing else is said."""
    return item.origin or item.source


@dataclass(frozen=True, slots=True)
class _Counted:
    """An item in one question, as far as it counts."""

    item: EvidenceItem
    given: tuple[Decimal, ...]
    """For each hypothesis."""
    scores: Scores
    scale: int
    """A score divided by it is the likelihood that counts."""

    @property
    def spread(self) -> Fraction:
        """How far it sets the hypotheses apart: its highest likelihood divided by its lowest."""
        return Fraction(max(self.scores), min(self.scores))


def _speaks_to(item: EvidenceItem, hypotheses: Sequence[Hypothesis]) -> bool:
    ids = {one.id for one in hypotheses}
    return any(one.hypothesis in ids for one in item.likelihoods)


def _finding(hypotheses: Sequence[Hypothesis], items: Sequence[EvidenceItem], conditions: Conditions) -> Finding:
    counted, copies = _by_origin(_damped(item, hypotheses) for item in items)
    flat = (1,) * len(hypotheses)
    before = flat if conditions.flat_prior else _whole([one.prior for one in hypotheses])[0]
    evidence = tuple(prod(one.scores[at] for one in counted.values()) for at in range(len(hypotheses)))
    scores = _times(before, evidence)
    order = sorted(range(len(hypotheses)), key=lambda at: -scores[at])
    lead = order[0]
    without = tuple(
        _variation(origin, _without(scores, counted[origin].scores), hypotheses, lead) for origin in sorted(counted)
    )
    level = _variation("", evidence, hypotheses, lead)
    shares_before, shares = _shares(before), _shares(scores)
    weighed = [_weighed(one, hypotheses, order, before) for one in counted.values()]
    return Finding(
        statement=hypotheses[0].statement,
        subject=hypotheses[0].subject,
        ranking=tuple(Ranked(hypotheses[at], shares_before[at], shares[at], words_of(shares[at])) for at in order),
        evidence=tuple(sorted(weighed, key=lambda one: (-one.most_decibans, one.item.id))),
        copies=tuple(
            replace(_weighed(one, hypotheses, order, before), copy_of=counted[origin_of(one.item)].item.id)
            for one in copies
        ),
        prior_decibans=decibans(Fraction(before[lead], sum(before) - before[lead])),
        total_decibans=decibans(Fraction(scores[lead], sum(scores) - scores[lead])),
        without=without,
        flat_prior=level,
        carried_by=_carrier(without, shares[lead]),
        standing=_standing(hypotheses[lead], shares[lead], (*without, level)),
    )


def decibans(ratio: Fraction) -> Decimal:
    """Return ten times the decimal logarithm of a ratio, to one digit; exact up to that digit's rounding."""
    with localcontext(prec=_LOGARITHM_DIGITS):
        logarithm = (Decimal(ratio.numerator) / Decimal(ratio.denominator)).log10()
        return (10 * logarithm).quantize(Decimal("0.1")) + 0


def _damped(item: EvidenceItem, hypotheses: Sequence[Hypothesis]) -> _Counted:
    by_id = {one.hypothesis: one.probability for one in item.likelihoods}
    given = tuple(by_id[one.id] for one in hypotheses)
    whole, scale = _whole(given)
    weight = weight_percent(item.grade)
    scores = tuple(weight * one + (_ALL - weight) * max(whole) for one in whole)
    return _Counted(item, given, scores, _ALL * scale)


def _by_origin(items: Iterator[_Counted]) -> tuple[dict[str, _Counted], list[_Counted]]:
    """Return the strongest item of each origin, and the others; of equals the first by id is the one that counts."""
    counted: dict[str, _Counted] = {}
    copies = []
    for one in sorted(items, key=lambda one: (-one.spread, one.item.id)):
        if counted.setdefault(origin_of(one.item), one) is not one:
            copies.append(one)
    return counted, copies


def _weighed(one: _Counted, hypotheses: Sequence[Hypothesis], order: Sequence[int], before: Scores) -> Weighed:
    likelihoods = tuple(
        Damped(
            hypotheses[at], one.given[at], Fraction(one.scores[at], one.scale), decibans(_ratio(one.scores, before, at))
        )
        for at in order
    )
    return Weighed(
        item=one.item,
        weight_percent=weight_percent(one.item.grade),
        likelihoods=likelihoods,
        favours=_only(hypotheses, one.scores, max(one.scores)),
        disfavours=_only(hypotheses, one.scores, min(one.scores)),
    )


def _only(hypotheses: Sequence[Hypothesis], scores: Scores, score: int) -> Hypothesis | None:
    """Return the hypothesis with a score; None if more than one has it."""
    return hypotheses[scores.index(score)] if scores.count(score) == 1 else None


def _ratio(scores: Scores, before: Scores, at: int) -> Fraction:
    """Return the likelihood under one hypothesis divided by that under all the others, each as likely as before."""
    others = [other for other in range(len(scores)) if other != at]
    together = sum(before[other] * scores[other] for other in others)
    return Fraction(scores[at] * sum(before[other] for other in others), together)


def _variation(origin: str, scores: Scores, hypotheses: Sequence[Hypothesis], lead: int) -> Variation:
    best = lead if scores[lead] == max(scores) else scores.index(max(scores))
    after = Fraction(scores[lead], sum(scores))
    return Variation(origin, hypotheses[best], after, words_of(after))


def _carrier(without: Sequence[Variation], after: Fraction) -> str:
    lowest = min(without, key=lambda one: one.after, default=None)
    return "" if lowest is None or lowest.after >= after else lowest.origin


def _standing(leader: Hypothesis, after: Fraction, others: Sequence[Variation]) -> Standing:
    if after <= _EVEN_MOST or any(one.leader != leader for one in others):
        return Standing.OPEN
    return Standing.HOLDS if all(one.after > _EVEN_MOST for one in others) else Standing.DEPENDS


def _whole(numbers: Sequence[Decimal]) -> tuple[Scores, int]:
    """Return whole numbers in the proportions of some decimals, and what they were multiplied by."""
    fractions = [Fraction(one) for one in numbers]
    scale = lcm(*(one.denominator for one in fractions))
    return tuple(int(one * scale) for one in fractions), scale


def _shares(scores: Scores) -> tuple[Fraction, ...]:
    total = sum(scores)
    return tuple(Fraction(one, total) for one in scores)


def _times(left: Scores, right: Scores) -> Scores:
    return tuple(one * other for one, other in zip(left, right, strict=True))


def _without(scores: Scores, factor: Scores) -> Scores:
    """Take a factor out again; it divides exactly, because it was multiplied in."""
    return tuple(one // other for one, other in zip(scores, factor, strict=True))
