"""A number said to be exact that is a rounding of a finer one by a hundredth or more: 230 million of 234,337,668.89.

Only of one incident: totals of different claimants that are close are not roundings of one another.
"""

from collections.abc import Iterator

from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import is_noticeably_rounded, significant_digits, size
from qiyafa.record.questions import is_amount, is_of_incident, newest_of_each, pairs


def rounded(ground: Ground) -> Iterator[Finding]:
    """Yield each coarse number with the finer one of another claimant that it rounds."""
    for question in ground.open_questions:
        if not is_of_incident(question[0]):
            continue
        told = newest_of_each(ground.statements_of(question), ground.sources)
        answers = [one for one in told if one.quantity is not None]
        for one, other in pairs(sorted(answers, key=lambda claim: (size(claim), claim.id))):
            if is_amount(one) and is_amount(other):
                continue
            if is_noticeably_rounded(one, other) and not ground.is_explained(one, other):
                coarse, fine = sorted((one, other), key=lambda claim: significant_digits(size(claim)))
                yield Finding(FindingKind.ROUNDED, Severity.ROUNDING, (coarse, fine), "rounded")
