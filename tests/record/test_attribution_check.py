"""What is wrong with an attribution: each fault found, with its place, and nothing hostile gets through."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qiyafa.model.attribution import Attribution, Hypothesis, Likelihood
from qiyafa.record.attribution_check import attribution_problems
from qiyafa.text import text

from support.attributions import EVEN, attribution, hypothesis, item

GROUP, OTHER = EVEN
SOUND = attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}))
ITEM = SOUND.evidence[0]
Change = Callable[[Attribution], Attribution]


def with_item(**fields: Any) -> Change:
    return lambda one: replace(one, evidence=(replace(ITEM, **fields),))


def with_hypotheses(*hypotheses: Hypothesis) -> Change:
    return lambda one: replace(one, hypotheses=hypotheses, evidence=())


def likelihoods(**told: str) -> Change:
    return with_item(likelihoods=tuple(Likelihood(id, Decimal(number)) for id, number in told.items()))


def test_a_sound_one_has_no_problem() -> None:
    assert attribution_problems(SOUND) == []


@pytest.mark.parametrize(
    ("change", "key", "place"),
    [
        (with_hypotheses(), "no_hypothesis", ""),
        (with_hypotheses(GROUP, replace(OTHER, prior=Decimal("0.4"))), "priors", "incident by actor: exchange-2023"),
        (with_hypotheses(GROUP, hypothesis("rival", "0.5")), "no_other", "incident by actor: exchange-2023"),
        (with_hypotheses(replace(OTHER, prior=Decimal(1))), "one_hypothesis", "incident by actor: exchange-2023"),
        (with_hypotheses(GROUP, replace(GROUP, id="again"), OTHER), "same_answer", "incident by actor: exchange-2023"),
        (with_hypotheses(GROUP, replace(OTHER, id="group")), "twice", "hypotheses group"),
        (with_hypotheses(replace(GROUP, prior=Decimal(0)), OTHER), "prior", "hypotheses group"),
        (with_hypotheses(replace(GROUP, prior=Decimal("NaN")), OTHER), "prior", "hypotheses group"),
        (with_hypotheses(replace(GROUP, prior=Decimal("sNaN")), OTHER), "prior", "hypotheses group"),
        (with_hypotheses(replace(GROUP, prior=Decimal("1e999999")), OTHER), "prior", "hypotheses group"),
        (with_hypotheses(replace(GROUP, prior_reason=" "), OTHER), "no_words", "hypotheses group"),
        (with_hypotheses(replace(GROUP, subject="else"), OTHER), "subject", "hypotheses group"),
        (with_item(grade="G7"), "grade", "evidence a"),
        (with_item(grade=""), "grade", "evidence a"),
        (with_item(reason=""), "no_words", "evidence a"),
        (with_item(likelihoods=()), "no_likelihood", "evidence a"),
        (likelihoods(group="0.9"), "missing_likelihood", "evidence a"),
        (likelihoods(group="0.9", other="0.1", nobody="0.1"), "unknown_hypothesis", "evidence a"),
        (likelihoods(group="0.9", other="0"), "likelihood", "evidence a"),
        (likelihoods(group="1.1", other="0.1"), "likelihood", "evidence a"),
        (likelihoods(group="0.9", other="1e-999999"), "likelihood", "evidence a"),
        (likelihoods(group="0.9", other="0.0000000000001"), "likelihood", "evidence a"),
        (lambda one: replace(one, evidence=(ITEM, ITEM)), "twice", "evidence a"),
        (lambda one: replace(one, evidence=(ITEM,) * 401), "too_many", ""),
    ],
)
def test_each_fault_is_found_where_it_stands(change: Change, key: str, place: str) -> None:
    problems = attribution_problems(change(SOUND), "who.toml")
    found = [one for one in problems if one.key == f"attribution.problem.{key}"]
    assert found, [one.key for one in problems]
    assert found[0].source == "who.toml"
    assert found[0].place == "[[attribution]] who" + (f", {place}" if place else "")
    assert "{" not in text(found[0].key, **found[0].fields)


def test_a_likelihood_that_stands_twice_is_one_too_many() -> None:
    told = (*ITEM.likelihoods, Likelihood("group", Decimal("0.2")))
    (problem,) = attribution_problems(replace(SOUND, evidence=(replace(ITEM, likelihoods=told),)))
    assert problem.key == "attribution.problem.twice"
