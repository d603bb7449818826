"""Answers of different claimants to one question that cannot both be true as they are said: 750 against 660.5 million.

Each claimant's newest answer counts. Who is right is not for a program to say: they count different things until shown
otherwise, so both stay, side by side.
"""

from collections.abc import Iterator

from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.contradictions.ground import Ground
from qiyafa.record.quantities import allowed, size
from qiyafa.record.questions import is_amount, newest_of_each, pairs


def differs_by_source(ground: Ground) -> Iterator[Finding]:
    """Yield pairs of answers that do not agree, the larger one first."""
    for question in ground.open_questions:
        answers = newest_of_each(ground.statements_of(question), ground.sources)
        ordered = sorted(answers, key=lambda claim: (size(claim), claim.id))
        for (one, words), (other, others) in pairs([(claim, allowed(claim)) for claim in ordered]):
            if words.meets(others) or (is_amount(one) and is_amount(other)) or ground.is_explained(one, other):
                continue
            yield Finding(FindingKind.DIFFERS_BY_SOURCE, Severity.DIFFERENCE, (other, one), "differs")
