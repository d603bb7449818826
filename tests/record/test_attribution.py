"""Weighing who did it: computed by hand, against a plain reference, and by the laws that it owes."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, Likelihood, StatementKind
from qiyafa.record.argument import Argument, Conditions, Finding, Side, Standing
from qiyafa.record.attribution import argue, origin_of
from qiyafa.record.grades import CREDIBILITY_PERCENT, RELIABILITY_PERCENT, weight_percent

from support.attributions import EVEN, attribution, hypothesis, item

GRADES = [letter + digit for letter in RELIABILITY_PERCENT for digit in CREDIBILITY_PERCENT]
ANSWERS = ("group", "rival", "insider", "other")


def only(argument: Argument) -> Finding:
    (finding,) = argument.findings
    return finding


def after(made: Attribution, conditions: Conditions | None = None) -> dict[str, Fraction]:
    """The probability of each hypothesis of the only question."""
    finding = only(argue(made, conditions or Conditions()))
    return {one.hypothesis.id: one.after for one in finding.ranking}


def reference(made: Attribution) -> dict[str, Fraction]:
    """The same by the definition, in plain fractions: the strongest item of each origin, its likelihoods damped."""
    strongest: dict[str, dict[str, Fraction]] = {}
    for one in sorted(made.evidence, key=lambda one: one.id):
        given_ = {each.hypothesis: Fraction(each.probability) for each in one.likelihoods}
        weight = Fraction(weight_percent(one.grade), 100)
        top = max(given_.values())
        counts = {id: weight * value + (1 - weight) * top for id, value in given_.items()}
        before = strongest.get(one.origin)
        if before is None or spread(counts) > spread(before):
            strongest[one.origin] = counts
    scores = {}
    for each in made.hypotheses:
        scores[each.id] = Fraction(each.prior)
        for counts in strongest.values():
            scores[each.id] *= counts[each.id]
    return {id: score / sum(scores.values()) for id, score in scores.items()}


def spread(counts: dict[str, Fraction]) -> Fraction:
    return max(counts.values()) / min(counts.values())


@st.composite
def attributions(draw: st.DrawFn) -> Attribution:
    """One question with two to four hypotheses and up to six items of a few origins."""
    answers = ANSWERS[-draw(st.integers(2, 4)) :]
    shares = [draw(st.integers(1, 20)) for _ in answers]
    scale = 1000
    priors = [Decimal(share * scale // sum(shares)) / scale for share in shares]
    priors[-1] += 1 - sum(priors)
    hypotheses = tuple(hypothesis(answer, str(prior)) for answer, prior in zip(answers, priors, strict=True))
    likelihoods = st.integers(1, 100).map(lambda percent: str(Decimal(percent) / 100))
    items = [
        item(
            f"e{number}",
            {answer: draw(likelihoods) for answer in answers},
            draw(st.sampled_from(GRADES)),
            draw(st.sampled_from(("police", "press", "ledger"))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    return attribution(hypotheses, *items)


def test_one_item_by_hand() -> None:
    """Grade A2 counts 90 %: 0.9 stays, 0.1 becomes 0.9 * 0.1 + 0.1 * 0.9 = 0.18, so the odds are 5 to 1."""
    finding = only(argue(attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}))))
    assert finding.leader.after == Fraction(5, 6)
    (weighed,) = finding.evidence
    assert [one.counted for one in weighed.likelihoods] == [Fraction(9, 10), Fraction(18, 100)]
    assert (weighed.decibans, weighed.side) == (Decimal("7.0"), Side.FOR)
    assert (finding.prior_decibans, finding.total_decibans) == (Decimal("0.0"), Decimal("7.0"))


def test_three_hypotheses_by_hand() -> None:
    """B3 counts 70 %: 0.6 stays, 0.2 becomes 0.32, 0.1 becomes 0.25. 0.3*0.6 : 0.2*0.32 : 0.5*0.25 = 180 : 64 : 125."""
    three = (hypothesis("group", "0.3"), hypothesis("rival", "0.2"), hypothesis("other", "0.5"))
    made = attribution(three, item("a", {"group": "0.6", "rival": "0.2", "other": "0.1"}, "B3"))
    assert after(made) == {"group": Fraction(180, 369), "rival": Fraction(64, 369), "other": Fraction(125, 369)}
    (weighed,) = only(argue(made)).evidence
    # against the rest: 0.6 / ((0.2 * 0.32 + 0.5 * 0.25) / 0.7) = 0.6 / 0.27 = 2.2222
    assert weighed.decibans == Decimal("3.5")
    assert (weighed.favours, weighed.disfavours) == (three[0], three[2])


@given(attributions())
def test_it_equals_the_definition(made: Attribution) -> None:
    assert after(made) == reference(made)


@given(attributions())
def test_probabilities_sum_to_one_and_stand_in_order(made: Attribution) -> None:
    ranking = only(argue(made)).ranking
    assert sum(one.after for one in ranking) == sum(one.before for one in ranking) == 1
    assert [one.after for one in ranking] == sorted((one.after for one in ranking), reverse=True)


@given(attributions(), st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(made: Attribution, shuffler) -> None:
    shuffled = list(made.evidence)
    shuffler.shuffle(shuffled)
    there, here = (only(argue(one)) for one in (made, replace(made, evidence=tuple(shuffled))))
    assert (there.ranking, there.evidence, there.without) == (here.ranking, here.evidence, here.without)


@given(attributions(), st.integers(0, 5), st.sampled_from(GRADES))
def test_a_copy_of_an_origin_changes_nothing(made: Attribution, which: int, grade: str) -> None:
    if not made.evidence:
        return
    copied = made.evidence[which % len(made.evidence)]
    weaker = min(grade, copied.grade, key=weight_percent)
    copy = replace(copied, id="z-copy", grade=weaker, source="newspaper-2024")
    longer = replace(made, evidence=(*made.evidence, copy))
    assert after(longer) == after(made)
    assert "z-copy" in [one.item.id for one in only(argue(longer)).copies]


@given(attributions(), st.sampled_from(GRADES))
def test_evidence_that_is_as_likely_under_all_changes_nothing(made: Attribution, grade: str) -> None:
    idle = item("idle", {one.id: "0.7" for one in made.hypotheses}, grade)
    longer = replace(made, evidence=(*made.evidence, idle))
    assert after(longer) == after(made)
    (weighed,) = [one for one in only(argue(longer)).evidence if one.item is idle]
    assert (weighed.side, weighed.is_diagnostic, weighed.favours) == (Side.NEUTRAL, False, None)


@given(attributions(), st.sampled_from(GRADES), st.integers(1, 99))
def test_a_higher_likelihood_never_lowers_its_hypothesis(made: Attribution, grade: str, percent: int) -> None:
    ids = [one.id for one in made.hypotheses]

    def with_likelihood(probability: int) -> Fraction:
        told = dict.fromkeys(ids, "0.4") | {ids[0]: str(Decimal(probability) / 100)}
        return after(replace(made, evidence=(*made.evidence, item("more", told, grade))))[ids[0]]

    assert with_likelihood(percent) <= with_likelihood(percent + 1)


@given(attributions())
def test_other_names_of_the_hypotheses_give_the_same(made: Attribution) -> None:
    def renamed(one: EvidenceItem) -> EvidenceItem:
        return replace(
            one, likelihoods=tuple(replace(each, hypothesis=f"x-{each.hypothesis}") for each in one.likelihoods)
        )

    other = replace(
        made,
        hypotheses=tuple(replace(one, id=f"x-{one.id}") for one in made.hypotheses),
        evidence=tuple(map(renamed, made.evidence)),
    )
    assert after(other) == {f"x-{id}": share for id, share in after(made).items()}


@given(attributions(), st.integers(1, 9))
def test_only_the_proportions_of_likelihoods_count(made: Attribution, tenths: int) -> None:
    smaller = tuple(
        replace(
            one,
            likelihoods=tuple(
                replace(each, probability=each.probability * Decimal(tenths) / 10) for each in one.likelihoods
            ),
        )
        for one in made.evidence
    )
    assert after(replace(made, evidence=smaller)) == after(made)


@given(attributions())
def test_leaving_an_origin_out_is_told_as_it_is(made: Attribution) -> None:
    finding = only(argue(made))
    assert [one.origin for one in finding.without] == sorted({origin_of(one) for one in made.evidence})
    for one in finding.without:
        without = only(argue(made, Conditions(frozenset({one.origin}))))
        lead = finding.leader.hypothesis
        assert one.after == next(each.after for each in without.ranking if each.hypothesis == lead)
        assert one.leader == without.leader.hypothesis or without.leader.after == one.after


@given(attributions())
def test_the_flat_prior_is_told_as_it_is(made: Attribution) -> None:
    finding = only(argue(made))
    flat = only(argue(made, Conditions(flat_prior=True)))
    assert {one.before for one in flat.ranking} == {Fraction(1, len(made.hypotheses))}
    assert finding.flat_prior.after == next(
        one.after for one in flat.ranking if one.hypothesis == finding.leader.hypothesis
    )


@given(st.sampled_from(GRADES), st.integers(1, 100), st.integers(1, 100))
def test_an_item_moves_the_odds_no_further_than_its_grade_allows(grade: str, one: int, other: int) -> None:
    likelihoods = {"group": str(Decimal(one) / 100), "other": str(Decimal(other) / 100)}
    finding = only(argue(attribution(EVEN, item("a", likelihoods, grade))))
    odds = finding.leader.after / (1 - finding.leader.after)
    assert odds * (100 - weight_percent(grade)) <= 100


@pytest.mark.parametrize(
    ("grade", "percent"),
    [
        ("A1", 95),
        ("A2", 90),
        ("B2", 80),
        ("B3", 70),
        ("C3", 50),
        ("C2", 50),
        ("D4", 30),
        ("A6", 0),
        ("F1", 0),
        ("F6", 0),
    ],
)
def test_a_grade_is_as_strong_as_its_weaker_half(grade: str, percent: int) -> None:
    assert weight_percent(grade) == percent


def test_what_cannot_be_judged_counts_for_nothing() -> None:
    pointer = item("machine-summary", {"group": "1", "other": "0.000001"}, "F6")
    assert after(attribution(EVEN, pointer)) == {"group": Fraction(1, 2), "other": Fraction(1, 2)}


def test_evidence_against_is_kept_and_named() -> None:
    made = attribution(
        EVEN,
        item("for", {"group": "0.9", "other": "0.1"}),
        item("against", {"group": "0.2", "other": "0.6"}, "C2"),
    )
    finding = only(argue(made))
    assert [one.item.id for one in finding.on_side(Side.FOR)] == ["for"]
    assert [one.item.id for one in finding.on_side(Side.AGAINST)] == ["against"]
    assert finding.on_side(Side.AGAINST)[0].decibans < 0


def test_a_conclusion_of_several_origins_holds() -> None:
    finding = only(argue(attribution(EVEN, *(item(id, {"group": "0.9", "other": "0.1"}) for id in "abc"))))
    assert (finding.standing, finding.carried_by) == (Standing.HOLDS, "a")


def test_a_conclusion_of_one_origin_depends_on_it() -> None:
    finding = only(argue(attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}))))
    assert (finding.standing, finding.carried_by) == (Standing.DEPENDS, "a")


def test_a_question_that_one_origin_would_turn_is_open() -> None:
    made = attribution(
        EVEN, item("a", {"group": "0.9", "other": "0.05"}), item("b", {"group": "0.2", "other": "0.6"}, "B2")
    )
    finding = only(argue(made))
    assert finding.leader.after > Fraction(7, 10)
    assert finding.standing is Standing.OPEN


def test_a_question_that_only_the_prior_answers_is_open() -> None:
    uneven = (hypothesis("group", "0.9"), hypothesis("other", "0.1"))
    finding = only(argue(attribution(uneven, item("a", {"group": "0.3", "other": "0.6"}))))
    assert finding.leader.hypothesis.id == "group"
    assert finding.standing is Standing.OPEN


def test_questions_stay_apart() -> None:
    states = (
        hypothesis("kp", "0.5", StatementKind.ACTOR_IS_STATE, "group", "is-state"),
        hypothesis("other", "0.5", StatementKind.ACTOR_IS_STATE, "group", "is-not"),
    )
    theft = item("theft", {"group": "0.9", "other": "0.1"})
    alone = argue(attribution(EVEN, theft))
    state = item("state", {"is-state": "0.9", "is-not": "0.3"}, origin="theft")
    both = argue(attribution((*states, *EVEN), theft, state))
    assert [one.statement for one in both.findings] == [StatementKind.INCIDENT_BY_ACTOR, StatementKind.ACTOR_IS_STATE]
    assert both.findings[0] == alone.findings[0]
    assert both.findings[1].copies == ()


def test_without_an_origin_nothing_of_it_is_left() -> None:
    made = attribution(EVEN, item("a", {"group": "0.9", "other": "0.1"}), item("b", {"group": "0.8", "other": "0.1"}))
    argument = argue(made, Conditions(frozenset({"a"})))
    assert [one.id for one in argument.unused] == ["a"]
    assert after(made, Conditions(frozenset({"a"}))) == after(replace(made, evidence=made.evidence[1:]))


def test_as_many_items_as_are_allowed_are_weighed_exactly() -> None:
    many: list[Hypothesis] = [hypothesis(f"h{number}", "0.025") for number in range(36)]
    many.append(hypothesis("other", "0.1"))
    items = [
        EvidenceItem(
            f"e{number}",
            "w",
            "k",
            "s",
            "B2",
            f"o{number}",
            tuple(Likelihood(one.id, Decimal(1 + (at * number) % 97) / 100) for at, one in enumerate(many)),
            "r",
        )
        for number in range(400)
    ]
    finding = only(argue(attribution(tuple(many), *items)))
    assert sum(one.after for one in finding.ranking) == 1
    assert len(finding.without) == 400
