"""The parts of Elliptic's answer that say why: what a rule found (evaluations), and all exposures (contributions)."""

from typing import Final, Literal, cast

from typing_extensions import TypedDict

from qiyafa.api.standing import Identified, Standing, identified, percentage, triggers
from qiyafa.model.category import Category
from qiyafa.model.exposure import Direction, Exposure
from qiyafa.model.verdict import Reason, Verdict

SCORES: Final[dict[Standing, float | None]] = {
    Standing.SEVERE: 10.0,
    Standing.HIGH: 7.0,
    Standing.MEDIUM: 5.0,
    Standing.LOW: None,
    Standing.UNKNOWN: None,
}


class Usd(TypedDict):
    """A value in dollars, which we do not know."""

    usd: float | None


class Shares(TypedDict):
    """How much of what an address received (sent): one hop is a counterparty, more are indirect."""

    contribution_percentage: float
    contribution_value: Usd
    counterparty_percentage: float
    counterparty_value: Usd
    indirect_percentage: float
    indirect_value: Usd


class Part(Shares):
    """The share of one party, and how near it is."""

    is_screened_address: bool
    min_number_of_hops: int | None


class EntityPart(TypedDict):
    """Who is on the other side."""

    name: str
    category: str
    category_id: str
    entity_id: str | None
    is_primary_entity: bool


class Contribution(Part):
    """An exposure."""

    entities: list[EntityPart]


class RiskTriggers(TypedDict):
    """What is risky about a party."""

    name: str
    category: str
    is_sanctioned: bool
    country: list[str]


class MatchedPart(Part):
    """An exposure that a rule matched."""

    entity: str
    entity_id: str | None
    risk_triggers: RiskTriggers


class Matched(Shares):
    """One category that a rule matched."""

    category: str
    category_id: str
    contributions: list[MatchedPart]


class Evaluation(TypedDict):
    """What one rule found."""

    rule_id: str
    rule_name: str
    rule_history_id: str
    rule_type: Literal["exposure"]
    risk_score: float | None
    mc_analysis_id: str | None
    matched_elements: list[Matched]
    matched_behaviors: list[object]


def score_of(standing: Standing) -> float | None:
    """Return a step as a score."""
    return SCORES[standing]


def contributions(verdict: Verdict, direction: Direction) -> list[Contribution]:
    """Return everything that is known of one direction: the address itself, then its exposures."""
    own = [_contribution(_own_part(one), one.category, one.name) for one in identified(verdict) if one.is_own]
    exposures = [one for one in verdict.exposures if one.direction is direction]
    return [*own, *(_contribution(_part(one), one.category, one.entity or "") for one in exposures)]


def evaluations(verdict: Verdict, direction: Direction) -> list[Evaluation]:
    """Return what the rules found in one direction; a finding on the address itself stands in both."""
    found = [_own_evaluation(one, verdict) for one in identified(verdict) if one.standing > Standing.UNKNOWN]
    weighed = [one for one in triggers(verdict) if one.evidence["direction"] == direction.value]
    return [*found, *(_evaluation(one, verdict) for one in weighed)]


def _own_evaluation(one: Identified, verdict: Verdict) -> Evaluation:
    part = _own_part(one)
    matched = _matched(part, one.category, [_matched_part(part, one.category, one.name)])
    return _rule(one.rule, one.standing, verdict, [matched])


def _evaluation(reason: Reason, verdict: Verdict) -> Evaluation:
    found = reason.evidence
    place = (found["chain"], found["asset"], found["level"], found["direction"])
    matched = []
    for category in cast("dict[str, str]", found["categories"]):
        here = [
            one
            for one in verdict.exposures
            if one.category.value == category and (one.chain, one.asset, one.level.value, one.direction.value) == place
        ]
        parts = [_matched_part(_part(one), one.category, one.entity or "") for one in here]
        whole = [one for one in here if one.entity is None] or here
        matched += [_matched(_part(one), one.category, parts) for one in whole[:1]]
    return _rule(reason.rule, Standing.MEDIUM, verdict, matched)


def _rule(rule: str, standing: Standing, verdict: Verdict, matched: list[Matched]) -> Evaluation:
    return {
        "rule_id": rule,
        "rule_name": rule,
        "rule_history_id": verdict.rules_version,
        "rule_type": "exposure",
        "risk_score": SCORES[standing],
        "mc_analysis_id": None,
        "matched_elements": matched,
        "matched_behaviors": [],
    }


def _matched(part: Part, category: Category, parts: list[MatchedPart]) -> Matched:
    return {
        "category": category.value,
        "category_id": category.value,
        "contribution_percentage": part["contribution_percentage"],
        "contribution_value": part["contribution_value"],
        "counterparty_percentage": part["counterparty_percentage"],
        "counterparty_value": part["counterparty_value"],
        "indirect_percentage": part["indirect_percentage"],
        "indirect_value": part["indirect_value"],
        "contributions": parts,
    }


def _matched_part(part: Part, category: Category, name: str) -> MatchedPart:
    triggers: RiskTriggers = {
        "name": name,
        "category": category.value,
        "is_sanctioned": category is Category.SANCTIONED,
        "country": [],
    }
    return {"entity": name, "entity_id": name or None, "risk_triggers": triggers, **part}


def _contribution(part: Part, category: Category, name: str) -> Contribution:
    entity: EntityPart = {
        "name": name,
        "category": category.value,
        "category_id": category.value,
        "entity_id": name or None,
        "is_primary_entity": True,
    }
    return {"entities": [entity], **part}


def _own_part(one: Identified) -> Part:
    return {
        "contribution_percentage": 100.0 if one.is_own else 0.0,
        "contribution_value": {"usd": None},
        "counterparty_percentage": 0.0,
        "counterparty_value": {"usd": None},
        "indirect_percentage": 0.0,
        "indirect_value": {"usd": None},
        "is_screened_address": one.is_own,
        "min_number_of_hops": 0 if one.is_own else None,
    }


def _part(one: Exposure) -> Part:
    return {
        "contribution_percentage": percentage(one.units, one.total_units),
        "contribution_value": {"usd": None},
        "counterparty_percentage": percentage(one.direct_units, one.total_units),
        "counterparty_value": {"usd": None},
        "indirect_percentage": percentage(one.indirect_units, one.total_units),
        "indirect_value": {"usd": None},
        "is_screened_address": False,
        "min_number_of_hops": one.hops,
    }
