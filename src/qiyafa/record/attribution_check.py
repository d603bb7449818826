"""What is wrong with an attribution before it is weighed: each fault with the place where it stands.

An attribution is sound if the hypotheses of each question exclude each other and leave nothing out (one of them is
`other`, their priors sum to 1), and if every item of evidence says how likely it is under each of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, StatementKind
from qiyafa.model.errors import Field, Problem
from qiyafa.record.attribution import questions
from qiyafa.record.grades import is_grade

OTHER: Final = "other"
"""The answer of the hypothesis that stands for everything not named."""
_MOST_HYPOTHESES: Final = 40
_MOST_ITEMS: Final = 400
"""Whole numbers grow with every item; so many are weighed in about a second, and no person reads more."""
_MOST_PLACES: Final = 12

_Fault = tuple[str, str, dict[str, Field]]
"""The place, the key of the sentence, its fields."""


def attribution_problems(attribution: Attribution, file: str = "") -> list[Problem]:
    """Return what is wrong with an attribution; empty if it is sound."""
    place = f"[[attribution]] {attribution.id}"
    return [
        Problem(file, f"{place}, {at}" if at else place, f"attribution.problem.{key}", said)
        for at, key, said in _faults(attribution)
    ]


def _faults(attribution: Attribution) -> Iterator[_Fault]:
    if len(attribution.hypotheses) > _MOST_HYPOTHESES or len(attribution.evidence) > _MOST_ITEMS:
        yield "", "too_many", {"hypotheses": _MOST_HYPOTHESES, "evidence": _MOST_ITEMS}
        return
    if not attribution.hypotheses:
        yield "", "no_hypothesis", {}
    yield from _repeated("hypotheses", (one.id for one in attribution.hypotheses))
    yield from _repeated("evidence", (one.id for one in attribution.evidence))
    for one in attribution.hypotheses:
        yield from _of_hypothesis(one, attribution)
    for hypotheses in questions(attribution):
        yield from _of_question(hypotheses)
    for item in attribution.evidence:
        yield from _of_item(item, attribution)


def _repeated(place: str, ids: Iterable[str]) -> Iterator[_Fault]:
    for id, times in Counter(ids).items():
        if times > 1:
            yield f"{place} {id}", "twice", {"id": id}


def _of_hypothesis(one: Hypothesis, attribution: Attribution) -> Iterator[_Fault]:
    place = f"hypotheses {one.id}"
    if not _is_probability(one.prior) or one.prior == 1:
        yield place, "prior", {"prior": str(one.prior)}
    if not (one.words.strip() and one.prior_reason.strip() and one.answer.strip()):
        yield place, "no_words", {}
    if one.statement is StatementKind.INCIDENT_BY_ACTOR and one.subject != attribution.incident:
        yield place, "subject", {"subject": one.subject, "incident": attribution.incident}


def _of_question(hypotheses: Sequence[Hypothesis]) -> Iterator[_Fault]:
    place = f"{hypotheses[0].statement.value}: {hypotheses[0].subject}"
    answers = Counter(one.answer for one in hypotheses)
    if OTHER not in answers:
        yield place, "no_other", {"answer": OTHER}
    if len(answers) == 1:
        yield place, "one_hypothesis", {}
    for answer, times in answers.items():
        if times > 1:
            yield place, "same_answer", {"answer": answer}
    priors = [one.prior for one in hypotheses if _is_probability(one.prior)]
    if len(priors) == len(hypotheses) and sum(priors) != 1:
        yield place, "priors", {"total": str(sum(priors))}


def _of_item(item: EvidenceItem, attribution: Attribution) -> Iterator[_Fault]:
    place = f"evidence {item.id}"
    if not is_grade(item.grade):
        yield place, "grade", {"grade": item.grade}
    if not (item.words.strip() and item.reason.strip()):
        yield place, "no_words", {}
    if not item.likelihoods:
        yield place, "no_likelihood", {}
    for one in item.likelihoods:
        if not _is_probability(one.probability):
            yield place, "likelihood", {"probability": str(one.probability), "hypothesis": one.hypothesis}
    named = Counter(one.hypothesis for one in item.likelihoods)
    known = {one.id for one in attribution.hypotheses}
    for id, times in named.items():
        if id not in known:
            yield place, "unknown_hypothesis", {"hypothesis": id}
        elif times > 1:
            yield place, "twice", {"id": id}
    for hypotheses in questions(attribution):
        missing = [one.id for one in hypotheses if one.id not in named]
        if missing and len(missing) < len(hypotheses):
            yield place, "missing_likelihood", {"hypotheses": ", ".join(missing)}


def _is_probability(number: Decimal) -> bool:
    """Tell whether it lies above 0 and at most at 1, and is not written finer than anybody judges."""
    if not number.is_finite() or not 0 < number <= 1:
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_PLACES
