"""The verdict on one address: what weighs how much, what is not covered, and what can never happen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.verdict_json import verdict_bytes
from qiyafa.model.asset import AssetUnit
from qiyafa.model.category import RISKS, ROUTES, Category
from qiyafa.model.designation import ListCoverage
from qiyafa.model.exposure import Poisoning, PoisonKind
from qiyafa.model.label import CONFIDENCES, LabelState
from qiyafa.model.verdict import GRAVEST_FIRST, LedgerCoverage, Outcome, ReasonKind, Verdict, gravest
from qiyafa.screen.evidence import ClusterFacts, Evidence, LedgerFacts, Neighbour
from qiyafa.screen.judge import judge
from qiyafa.text import text

from support.screening import (
    ADDRESS,
    DEFAULT_RULES,
    FRESH,
    NOON,
    circumstances,
    designation,
    evidence,
    exposure,
    label,
)

TORNADO = {"listed_from": date(2022, 8, 8), "listed_to": date(2025, 3, 21), "party": "Tornado Cash"}


def verdict(**found: object) -> Verdict:
    return judge(evidence(**found), DEFAULT_RULES)


def sentences(judged: Verdict) -> str:
    return "\n".join(text(reason.key, **reason.fields) for reason in judged.reasons)


def gaps(judged: Verdict) -> list[str]:
    return [gap.key for gap in judged.not_covered]


# What weighs what ----------------------------------------------------------------------------------------------------


def test_a_designation_in_force_is_a_hit() -> None:
    judged = verdict(designations=(designation(),))
    assert judged.outcome is Outcome.HIT
    assert judged.chain == "eip155:1"
    assert judged.reasons[0].kind is ReasonKind.DESIGNATION
    (entry,) = judged.reasons[0].evidence["designations"]
    assert entry["version"] == "2024-09-27-abc"


@pytest.mark.parametrize(
    ("day", "outcome", "said"),
    [
        (date(2022, 7, 1), Outcome.NO_HIT, "not yet listed on this day"),
        (date(2022, 8, 7), Outcome.NO_HIT, "not yet listed on this day"),
        (date(2022, 8, 8), Outcome.HIT, "listed since 2022-08-08"),
        (date(2025, 3, 20), Outcome.HIT, "listed since 2022-08-08"),
        (date(2025, 3, 21), Outcome.REVIEW, "listed 2022-08-08 to 2025-03-21"),
    ],
)
def test_tornado_cash_is_answered_by_its_days_whatever_the_age_of_the_list(
    day: date, outcome: Outcome, said: str
) -> None:
    age = (day - date(2024, 9, 27)).days
    at = circumstances(as_of=NOON.replace(day.year, day.month, day.day), lists=(replace(FRESH, age_days=age),))
    judged = verdict(circumstances=at, designations=(designation(**TORNADO),))
    assert judged.outcome is outcome
    assert said in sentences(judged)


def test_one_address_under_several_tickers_is_one_reason_with_several_entries() -> None:
    found = tuple(designation(declared=ticker) for ticker in ("ETH", "USDT", "USDC"))
    (reason,) = verdict(designations=found).reasons
    assert [entry["declared"] for entry in reason.evidence["designations"]] == ["ETH", "USDT", "USDC"]


def test_a_risk_label_is_a_review_and_says_who_says_so() -> None:
    judged = verdict(labels=(label(Category.MIXER),))
    assert judged.outcome is Outcome.REVIEW
    assert "a blog" in sentences(judged)
    assert judged.reasons[0].evidence["labels"][0]["id"] == "mixer-1"


def test_a_disputed_label_still_counts_and_shows_the_objection() -> None:
    disputed = label(Category.FRAUD, state=LabelState.DISPUTED, objection="its owner: we are a shop")
    judged = verdict(labels=(disputed,))
    assert judged.outcome is Outcome.REVIEW
    assert "we are a shop" in sentences(judged)


def test_who_routes_money_is_named_and_weighs_nothing() -> None:
    judged = verdict(labels=(label(Category.EXCHANGE),))
    assert judged.outcome is Outcome.NO_HIT
    assert "exchange" in sentences(judged)


def test_another_address_of_the_cluster_is_a_review_never_a_hit() -> None:
    other = Neighbour("eip155:1", "0x" + "1" * 40, (designation(),), (label(Category.MIXER),))
    judged = verdict(neighbours=(other,))
    assert judged.outcome is Outcome.REVIEW
    assert {reason.kind for reason in judged.reasons} == {ReasonKind.CLUSTER}


def test_poisoning_is_shown_and_counts_for_nothing() -> None:
    attempt = Poisoning(PoisonKind.LOOK_ALIKE, "0x1", 1, "0x2", ADDRESS, "eip155:1/slip44:60", 0, "0x3")
    judged = verdict(poisonings=(attempt, attempt))
    assert judged.outcome is Outcome.NO_HIT
    assert judged.reasons[0].fields["count"] == 2


# Exposure ------------------------------------------------------------------------------------------------------------


def test_a_direct_exposure_is_a_review_with_its_share_and_units() -> None:
    judged = verdict(exposures=(exposure(Category.SANCTIONED),))
    assert judged.outcome is Outcome.REVIEW
    assert "10.00%" in sentences(judged)
    assert f"({10 * 10**18:,} base units)" in sentences(judged)


def test_units_are_said_with_the_symbol_of_the_asset_and_counted_exactly_in_the_evidence() -> None:
    units = 10 * 10**18 + 1
    judged = verdict(exposures=(exposure(Category.SANCTIONED, direct_units=units, unit=AssetUnit("ETH", 18)),))
    reason = next(one for one in judged.reasons if one.kind is ReasonKind.EXPOSURE)
    assert "(10.0000 ETH)" in sentences(judged)
    assert (reason.evidence["units"], reason.evidence["symbol"], reason.evidence["decimals"]) == (str(units), "ETH", 18)


def test_a_share_diluted_with_clean_money_is_still_seen_by_its_units() -> None:
    diluted = exposure(Category.SANCTIONED, total_units=10**9 * 10**18)
    judged = verdict(exposures=(diluted,))
    assert judged.outcome is Outcome.REVIEW
    assert "<0.01%" in sentences(judged)


def test_a_small_sum_that_is_all_an_address_has_is_seen_by_its_share() -> None:
    small = exposure(Category.SANCTIONED, direct_units=10**14, total_units=10**14)
    assert verdict(exposures=(small,)).outcome is Outcome.REVIEW


def test_dust_says_nothing_of_who_receives_it() -> None:
    dust = exposure(Category.SANCTIONED, direct_units=10**11, total_units=10**11)
    assert verdict(exposures=(dust,)).outcome is Outcome.NO_HIT


def test_what_comes_from_very_far_does_not_weigh() -> None:
    far = exposure(Category.SANCTIONED, direct_units=0, indirect_units=90 * 10**18, hops=21)
    assert verdict(exposures=(far,)).outcome is Outcome.NO_HIT
    assert verdict(exposures=(replace(far, hops=20),)).outcome is Outcome.REVIEW


def test_categories_of_a_rule_count_together() -> None:
    small = {"direct_units": 6 * 10**15, "total_units": 10**30}
    one, other = exposure(Category.SANCTIONED, **small), exposure(Category.MIXER, **small)
    assert verdict(exposures=(one,)).outcome is Outcome.NO_HIT
    assert verdict(exposures=(one, other)).outcome is Outcome.REVIEW


# What is not covered -------------------------------------------------------------------------------------------------


def test_no_hit_says_what_was_asked_and_never_that_an_address_is_clean() -> None:
    judged = verdict()
    assert judged.outcome is Outcome.NO_HIT
    assert "ofac-addresses (2024-09-27), labels" in sentences(judged)
    assert "does not say that the address is clean" in sentences(judged)
    assert gaps(judged) == ["screen.gap.ledger.no_ledger"]


@pytest.mark.parametrize(
    ("lists", "gap"),
    [
        ((), "screen.gap.no_list"),
        ((replace(FRESH, age_days=15),), "screen.gap.list_too_old"),
        ((replace(FRESH, age_days=-1),), "screen.gap.list_later"),
        ((replace(FRESH, authority="un"),), "screen.gap.no_list"),
    ],
)
def test_nothing_found_without_a_list_that_answers_is_no_answer(lists: tuple[ListCoverage, ...], gap: str) -> None:
    judged = verdict(circumstances=circumstances(lists=lists))
    assert judged.outcome is Outcome.UNAVAILABLE
    assert [reason.key for reason in judged.reasons] == [gap]
    assert gap in gaps(judged)


def test_a_list_answers_on_the_last_day_of_its_age() -> None:
    assert verdict(circumstances=circumstances(lists=(replace(FRESH, age_days=14),))).outcome is Outcome.NO_HIT


def test_an_old_list_still_hits() -> None:
    old = circumstances(lists=(replace(FRESH, age_days=800),))
    assert verdict(circumstances=old, designations=(designation(is_dated=False),)).outcome is Outcome.HIT


def test_an_undated_entry_says_nothing_of_the_days_before_its_list() -> None:
    before = circumstances(as_of=NOON - timedelta(days=100), lists=(replace(FRESH, age_days=-100),))
    undated = designation(is_dated=False, listed_from=date(2024, 9, 27))
    assert verdict(circumstances=before, designations=(undated,)).outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize("written", ["", "hello", "0x12", "‮0xd90e2f925da726b50c4ed8d0fb90ad053324f31b", "x" * 10**6])
def test_a_text_that_is_no_address_gets_no_answer(written: str) -> None:
    judged = verdict(address=written)
    assert judged.outcome is Outcome.UNAVAILABLE
    assert judged.chain is None
    assert judged.address == written


def test_a_wrong_capital_is_noted_and_hides_nothing() -> None:
    written = ADDRESS[:-1] + ADDRESS[-1].upper()
    listed = verdict(address=written, designations=(designation(),))
    assert listed.outcome is Outcome.HIT
    unlisted = verdict(address=written)
    assert unlisted.outcome is Outcome.NO_HIT
    assert "checksum" in sentences(unlisted)


def test_an_entry_of_no_known_format_is_still_a_hit() -> None:
    assert verdict(address="f" * 64, designations=(designation(),)).outcome is Outcome.HIT


def ledger_says(status: str, *, diverged: bool = False) -> Evidence:
    coverage = LedgerCoverage("eip155:1", "0" * 64, 7, "0x7", status, diverged)
    return evidence(circumstances=circumstances(ledger_chains=("eip155:1",)), ledgers=(LedgerFacts(coverage, NOON),))


@pytest.mark.parametrize("status", ["not_in_ledger", "capped", "absent", "unknown"])
def test_a_history_that_is_not_whole_is_said_and_is_still_an_answer(status: str) -> None:
    judged = judge(ledger_says(status), DEFAULT_RULES)
    assert judged.outcome is Outcome.NO_HIT
    assert f"screen.gap.ledger.{status}" in gaps(judged)


def test_a_ledger_that_left_its_chain_is_not_believed() -> None:
    assert judge(ledger_says("complete", diverged=True), DEFAULT_RULES).outcome is Outcome.UNAVAILABLE


def test_a_whole_history_leaves_only_the_other_chains_unasked() -> None:
    assert gaps(judge(ledger_says("complete"), DEFAULT_RULES)) == ["screen.gap.chains_not_in_ledger"]


def test_kinds_of_transfers_that_the_ledger_lacks_are_said() -> None:
    whole = ledger_says("complete")
    lacking = replace(whole, ledgers=(replace(whole.ledgers[0], lacks=("fees", "internal", "tokens")),))
    judged = judge(lacking, DEFAULT_RULES)
    assert judged.outcome is Outcome.NO_HIT
    assert {f"screen.gap.lacks.{kind}" for kind in ("fees", "internal", "tokens")} <= {*gaps(judged)}


def test_a_ledger_that_ends_before_the_day_says_so() -> None:
    late = ledger_says("complete")
    late = replace(late, ledgers=(replace(late.ledgers[0], head_time=NOON - timedelta(days=2)),))
    assert "screen.gap.ledger_behind" in gaps(judge(late, DEFAULT_RULES))


def test_members_of_a_cluster_that_were_not_looked_at_are_counted() -> None:
    judged = verdict(clusters=(ClusterFacts("eip155:1", 5000, 4000),))
    assert "screen.gap.cluster_cut" in gaps(judged)


def test_a_listing_that_ended_does_not_clear_where_the_list_is_too_old() -> None:
    old = circumstances(lists=(replace(FRESH, age_days=800),))
    ended = designation(listed_from=date(2022, 8, 8), listed_to=date(2023, 1, 1))
    judged = verdict(circumstances=old, designations=(ended,))
    assert judged.outcome is Outcome.REVIEW
    assert "screen.gap.list_too_old" in gaps(judged)


# Laws ----------------------------------------------------------------------------------------------------------------

dates = st.dates(date(2018, 1, 1), date(2027, 1, 1))
listings = st.builds(
    lambda begin, length, dated, authority: designation(
        listed_from=begin,
        listed_to=None if length is None else begin + timedelta(days=length),
        is_dated=dated,
        authority=authority,
    ),
    dates,
    st.none() | st.integers(1, 2000),
    st.booleans(),
    st.sampled_from(["ofac", "un"]),
)
confidences = st.sampled_from(sorted(CONFIDENCES))
labels = st.builds(lambda one, sure: label(one, confidence=sure), st.sampled_from(list(Category)), confidences)
risk_labels = st.builds(lambda one, sure: label(one, confidence=sure), st.sampled_from(sorted(RISKS)), confidences)
units = st.integers(0, 10**20)
exposures = st.builds(
    lambda one, direct, indirect, clean, hops: exposure(
        one, direct_units=direct, indirect_units=indirect, total_units=direct + indirect + clean, hops=hops
    ),
    st.sampled_from(sorted(RISKS)),
    units,
    units,
    units,
    st.none() | st.integers(1, 30),
)
few = {"max_size": 4}
found = st.builds(
    lambda some, others, moved, age: evidence(
        designations=tuple(some),
        labels=tuple(others),
        exposures=tuple(moved),
        circumstances=circumstances(lists=(replace(FRESH, age_days=age),)),
    ),
    st.lists(listings, **few),
    st.lists(labels, **few),
    st.lists(exposures, **few),
    st.integers(-20, 20),
)


def gravity(one: Evidence) -> int:
    return -GRAVEST_FIRST.index(judge(one, DEFAULT_RULES).outcome)


@given(found, risk_labels)
def test_adding_a_risk_label_never_lowers_a_verdict(before: Evidence, added: object) -> None:
    assert gravity(replace(before, labels=(*before.labels, added))) >= gravity(before)


@given(found, listings)
def test_adding_a_listing_never_takes_away_what_was_found(before: Evidence, added: object) -> None:
    one = judge(before, DEFAULT_RULES).outcome
    other = judge(replace(before, designations=(*before.designations, added)), DEFAULT_RULES).outcome
    # Its dates may answer where no list could; they never turn a finding into less.
    assert other is gravest([one, other]) or (one is Outcome.UNAVAILABLE and other is Outcome.NO_HIT)


@given(found, st.lists(listings, **few), st.lists(listings, **few))
def test_two_lists_together_say_the_graver_of_what_each_says(
    rest: Evidence, one: list[object], other: list[object]
) -> None:
    rest = replace(rest, circumstances=circumstances())
    outcomes = [judge(replace(rest, designations=tuple(some)), DEFAULT_RULES).outcome for some in (one, other)]
    together = judge(replace(rest, designations=(*one, *other)), DEFAULT_RULES).outcome
    assert together is gravest(outcomes)


@given(found, st.sampled_from(sorted(ROUTES)), confidences)
def test_where_a_label_routes_a_trace_never_matters(before: Evidence, routing: Category, sure: str) -> None:
    silent = label(Category.OTHER, confidence=sure)
    routed = replace(silent, routing=routing)
    outcomes = {
        judge(replace(before, labels=(*before.labels, *more)), DEFAULT_RULES).outcome
        for more in ((), (silent,), (routed,))
    }
    assert len(outcomes) == 1


@given(found, exposures)
def test_more_exposure_never_lowers_a_verdict(before: Evidence, added: object) -> None:
    more = evidence(
        designations=before.designations,
        labels=before.labels,
        exposures=(*before.exposures, replace(added, total_units=10**30)),
        circumstances=before.circumstances,
    )
    # The total is what was received in all; it cannot be less because a part of it got a name.
    assume_same_total = tuple(replace(one, total_units=10**30) for one in before.exposures)
    less = evidence(
        designations=before.designations,
        labels=before.labels,
        exposures=assume_same_total,
        circumstances=before.circumstances,
    )
    assert gravity(more) >= gravity(less)


@given(found)
def test_the_same_evidence_gives_the_same_bytes(one: Evidence) -> None:
    assert verdict_bytes(judge(one, DEFAULT_RULES)) == verdict_bytes(judge(one, DEFAULT_RULES))


@given(found)
def test_a_verdict_is_the_gravest_of_its_reasons_and_always_has_one(one: Evidence) -> None:
    judged = judge(one, DEFAULT_RULES)
    outcomes = [reason.outcome for reason in judged.reasons]
    assert judged.outcome is gravest(outcomes)
    assert outcomes == sorted(outcomes, key=GRAVEST_FIRST.index)
