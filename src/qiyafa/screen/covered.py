"""What was not asked or could not be: unknown is never clean."""

from collections.abc import Iterator
from datetime import timedelta

from qiyafa.model.designation import Force, ListCoverage
from qiyafa.model.errors import Field
from qiyafa.model.label import Tlp
from qiyafa.model.verdict import Outcome, Reason, ReasonKind
from qiyafa.screen.evidence import Evidence, LedgerFacts
from qiyafa.screen.rules import DIVERGED, NO_LEDGER, NOT_IN_LEDGER, Rules

_BEHIND = timedelta(days=1)
"""A ledger that ends so much before the moment asked about is said to."""
_COMPLETE = "complete"


def not_covered(evidence: Evidence, rules: Rules) -> list[Reason]:
    """Return everything that was not asked or could not be, what the rules require first."""
    found = [*_lists(evidence, rules), *_labels(evidence, rules), *_ledgers(evidence, rules), *_clusters(evidence)]
    return sorted(found, key=lambda reason: reason.outcome is not Outcome.UNAVAILABLE)


def answers(coverage: ListCoverage, rules: Rules) -> bool:
    """Tell whether a list's version can say of any address whether it was listed on the day."""
    return coverage.age_days is not None and 0 <= coverage.age_days <= rules.lists.max_age_days


def _lists(evidence: Evidence, rules: Rules) -> Iterator[Reason]:
    circumstances = evidence.circumstances
    for authority in rules.lists.required:
        lists = [one for one in circumstances.lists if one.authority == authority]
        # The day of a first listing tells of every day before it, too. A listing that ended tells of no later day: the
        # address may have been listed again.
        own_history = any(
            one.authority == authority and one.is_dated and one.force(circumstances.day) is not Force.PAST
            for one in evidence.designations
        )
        if not own_history and not any(answers(one, rules) for one in lists):
            yield _unanswered(authority, lists, evidence, rules)
    if circumstances.lists_known_at is not None:
        yield _coverage("screen.gap.lists_known_at", "", Outcome.NO_HIT, {})


def _unanswered(authority: str, lists: list[ListCoverage], evidence: Evidence, rules: Rules) -> Reason:
    """Return why no list of an authority answers: there is none, all are too old, or all came later."""
    fields: dict[str, Field] = {"authority": authority.upper(), "day": str(evidence.circumstances.day)}
    rule = "lists.required"
    earlier = [one for one in lists if one.age_days is not None and one.age_days >= 0]
    if earlier:
        newest = min(earlier, key=lambda one: (one.age_days or 0, one.list_id))
        fields |= {"list": newest.list_id, "published": str(newest.published), "age": newest.age_days or 0}
        fields |= {"most": rules.lists.max_age_days}
        return _coverage("screen.gap.list_too_old", rule, Outcome.UNAVAILABLE, fields)
    later = [one for one in lists if one.published is not None]
    if later:
        oldest = min(later, key=lambda one: (str(one.published), one.list_id))
        fields |= {"list": oldest.list_id, "published": str(oldest.published)}
        return _coverage("screen.gap.list_later", rule, Outcome.UNAVAILABLE, fields)
    return _coverage("screen.gap.no_list", rule, Outcome.UNAVAILABLE, fields)


def _labels(evidence: Evidence, rules: Rules) -> Iterator[Reason]:
    if not evidence.circumstances.labels_version:
        outcome = Outcome.UNAVAILABLE if rules.coverage.labels_required else Outcome.NO_HIT
        yield _coverage("screen.gap.no_labels", "coverage.labels_required", outcome, {})
    elif evidence.circumstances.labels_up_to is not Tlp.RED:
        # Said whether or not there are stricter labels: the sentence must not tell.
        level = evidence.circumstances.labels_up_to.value
        yield _coverage("screen.gap.labels_up_to", "", Outcome.NO_HIT, {"level": level})


def _ledgers(evidence: Evidence, rules: Rules) -> Iterator[Reason]:
    chains = evidence.circumstances.ledger_chains
    if chains is None:
        yield _ledger_gap(NO_LEDGER, {}, rules)
        return
    held = {one.coverage.chain for one in evidence.ledgers}
    lacking = [chain for chain in evidence.reading.chains if chain not in held]
    if lacking and held:
        yield _coverage("screen.gap.chains_not_in_ledger", "", Outcome.NO_HIT, {"chains": ", ".join(lacking)})
    elif evidence.reading.is_known_format and not held:
        yield _ledger_gap("no_chain", {"chains": ", ".join(chains)}, rules, state=NOT_IN_LEDGER)
    for one in evidence.ledgers:
        yield from _ledger(one, evidence, rules)


def _ledger(one: LedgerFacts, evidence: Evidence, rules: Rules) -> Iterator[Reason]:
    fields: dict[str, Field] = {"chain": one.coverage.chain}
    if one.coverage.diverged:
        yield _ledger_gap(DIVERGED, fields, rules)
    if one.coverage.status != _COMPLETE:
        yield _ledger_gap(one.coverage.status, fields, rules)
    if one.head_time is None or evidence.circumstances.as_of - one.head_time >= _BEHIND:
        until = "?" if one.head_time is None else f"{one.head_time:%Y-%m-%d}"
        yield _coverage("screen.gap.ledger_behind", "", Outcome.NO_HIT, {**fields, "until": until})
    for kind in one.lacks:
        yield _coverage(f"screen.gap.lacks.{kind}", "", Outcome.NO_HIT, fields)
    if one.incomplete_sources:
        yield _coverage(
            "screen.gap.incomplete_sources", "", Outcome.NO_HIT, {**fields, "count": one.incomplete_sources}
        )
    if one.untraceable:
        assets = ", ".join(one.untraceable)
        yield _coverage("screen.gap.untraceable", "", Outcome.NO_HIT, {**fields, "assets": assets})
    if one.lacks_poisonings:
        yield _coverage("screen.gap.no_poisonings", "", Outcome.NO_HIT, fields)


def _ledger_gap(name: str, fields: dict[str, Field], rules: Rules, *, state: str = "") -> Reason:
    outcome = Outcome.UNAVAILABLE if (state or name) in rules.coverage.ledger else Outcome.NO_HIT
    return _coverage(f"screen.gap.ledger.{name}", "coverage.ledger", outcome, fields)


def _clusters(evidence: Evidence) -> Iterator[Reason]:
    for one in evidence.clusters:
        if one.left_out:
            fields: dict[str, Field] = {"chain": one.chain, "size": one.size, "left_out": one.left_out}
            yield _coverage("screen.gap.cluster_cut", "cluster.most_members", Outcome.NO_HIT, fields)
        if one.lacks_exposure:
            yield _coverage("screen.gap.no_cluster_exposure", "", Outcome.NO_HIT, {"chain": one.chain})


def _coverage(key: str, rule: str, outcome: Outcome, fields: dict[str, Field]) -> Reason:
    return Reason(ReasonKind.COVERAGE, outcome, rule, key, fields)
